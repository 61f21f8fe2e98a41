"""Reading places in queues: whoever took one sees it, nobody else."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.queue.rules import WAITING
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import public_coaches
from marketplace.db import session
from marketplace.errors import NotFound

WHOLE = (joinedload(QueuePlace.coach, innerjoin=True), joinedload(QueuePlace.asker, innerjoin=True))
PAGE = 20
AT_ONCE = 200


@dataclass(frozen=True)
class PlacePage:
    """Some places, and where the next page begins (None: nowhere)."""

    places: Sequence[QueuePlace]
    after: uuid.UUID | None


def one(asker: User, place_id: uuid.UUID) -> QueuePlace:
    """One place of somebody's, with its coach; NotFound."""
    return _found(select(QueuePlace).where(QueuePlace.id == place_id, QueuePlace.asker_id == asker.id))


def locked(place_id: uuid.UUID) -> QueuePlace:
    """A place as it is now, locked until the transaction ends; NotFound."""
    return _found(select(QueuePlace).where(QueuePlace.id == place_id).with_for_update(of=QueuePlace))


def _found(chosen: Select[QueuePlace]) -> QueuePlace:
    found = session().scalar(chosen.options(*WHOLE), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def page_of(asker: User, *, status: str | None = None, after: uuid.UUID | None = None, limit: int = PAGE) -> PlacePage:
    """The places that somebody took, the latest first; of one state or of any."""
    chosen = select(QueuePlace).where(QueuePlace.asker_id == asker.id)
    if status:
        chosen = chosen.where(QueuePlace.status == status)
    if after is not None:
        chosen = chosen.where(QueuePlace.id < after)
    found = session().scalars(chosen.options(*WHOLE).order_by(QueuePlace.id.desc()).limit(limit + 1)).all()
    return PlacePage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def position_of(place: QueuePlace) -> int | None:
    """Which in the queue it is, 1 being the next; None once it waits no more."""
    if place.status != WAITING:
        return None
    mine = tuple_(QueuePlace.joined_at, QueuePlace.id) <= tuple_(place.joined_at, place.id)
    return count_waiting(place.coach_id, mine)


def count_waiting(coach_id: uuid.UUID, *conditions: object) -> int:
    """How many wait in the queue of a coach."""
    chosen = select(func.count()).where(QueuePlace.coach_id == coach_id, QueuePlace.status == WAITING)
    return int(session().scalar(chosen.where(*conditions)) or 0)  # type: ignore[arg-type]


def waiting(coach_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The places of a coach's queue, in order of coming."""
    chosen = select(QueuePlace.id).where(QueuePlace.coach_id == coach_id, QueuePlace.status == WAITING)
    return session().scalars(chosen.order_by(QueuePlace.joined_at, QueuePlace.id)).all()


def coaches_with_a_queue() -> Sequence[uuid.UUID]:
    """The coaches whom everybody may see and for whom somebody waits."""
    queued = select(QueuePlace.coach_id).where(QueuePlace.status == WAITING)
    return session().scalars(public_coaches().with_only_columns(Coach.id).where(Coach.id.in_(queued))).all()


def to_lapse() -> Sequence[uuid.UUID]:
    """Places whose time is over, or whose coach is not to be seen any more."""
    listed = public_coaches().with_only_columns(Coach.id)
    over = or_(QueuePlace.lapses_at <= clock.now(), QueuePlace.coach_id.not_in(listed))
    chosen = select(QueuePlace.id).where(QueuePlace.status == WAITING, over)
    return session().scalars(chosen.order_by(QueuePlace.lapses_at).limit(AT_ONCE)).all()
