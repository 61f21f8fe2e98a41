"""Reading profiles, rate cards, the directory, and applications for admins."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from marketplace import config
from marketplace.accounts.models import User
from marketplace.coaches import rules
from marketplace.coaches.models import Coach, Offering, Schedule
from marketplace.db import ordered, session
from marketplace.errors import NotFound
from marketplace.policies.models import Policy

T = TypeVar("T")


@dataclass(frozen=True)
class ResultPage(Generic[T]):
    """Some items and the cursor that continues after them; None where there is no more."""

    items: Sequence[T]
    next_cursor: str | None


def coach_of(user: User) -> Coach | None:
    """The person's own profile, whatever its state."""
    return session().scalar(select(Coach).where(Coach.user_id == user.id))


def profile_of(user: User) -> Coach:
    """The same, or NotFound where the person never applied."""
    coach = coach_of(user)
    if coach is None:
        raise NotFound
    return coach


def public_coaches() -> Select[Coach]:
    """The coaches whom everybody may see."""
    return (
        select(Coach)
        .join(User, User.id == Coach.user_id)
        .where(Coach.status == rules.APPROVED, User.active)
        .options(contains_eager(Coach.user))
    )


def by_handle(handle: str) -> Coach:
    """The approved coach of that handle, or NotFound."""
    coach = session().scalar(public_coaches().where(Coach.handle == handle))
    if coach is None:
        raise NotFound
    return coach


def visible_by_handle(viewer: User | None, handle: str) -> Coach:
    """The same; coaches see their own profile in every state, and admins see all."""
    if viewer is None:
        return by_handle(handle)
    chosen = select(Coach).where(Coach.handle == handle)
    coach = session().scalar(chosen if viewer.is_admin else chosen.where(Coach.user_id == viewer.id))
    return coach if coach is not None else by_handle(handle)


def offerings_of(coach_id: uuid.UUID, *, active_only: bool = True) -> Sequence[Offering]:
    """A coach's offerings, the oldest first; with `active_only` False the retired too, last."""
    chosen = select(Offering).where(Offering.coach_id == coach_id).order_by(Offering.active.desc(), Offering.id)
    return session().scalars(chosen.where(Offering.active) if active_only else chosen).all()


def bookable_offerings_of(coach_id: uuid.UUID) -> Sequence[Offering]:
    """What of a coach's rate card can be booked: what is priced in a currency that is offered, the oldest first."""
    offered = config.current().offered_currencies()
    return [offering for offering in offerings_of(coach_id) if offering.currency in offered]


def coaches_to_follow_currencies() -> Sequence[uuid.UUID]:
    """Coaches whose currency is not offered and not marked so, or is offered and marked."""
    offered = Coach.currency.in_(config.current().offered_currencies())
    marked = Coach.currency_withdrawn_at.is_not(None)
    return session().scalars(select(Coach.id).where(offered == marked).order_by(Coach.id)).all()


def schedule_ids(coach_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The keys of a coach's schedules."""
    return session().scalars(select(Schedule.id).where(Schedule.coach_id == coach_id)).all()


def own_offering(user: User, offering_id: uuid.UUID) -> Offering:
    """One of the person's own offerings, with its coach; raises NotFound for any other."""
    chosen = select(Offering).join(Coach).where(Offering.id == offering_id, Coach.user_id == user.id)
    offering = session().scalar(chosen.options(contains_eager(Offering.coach).joinedload(Coach.user)))
    if offering is None:
        raise NotFound
    return offering


def selling_under(policy: Policy) -> Sequence[uuid.UUID]:
    """The coaches with an offering that follows this policy."""
    chosen = select(Offering.coach_id).where(Offering.active, _follows(policy)).distinct()
    return session().scalars(chosen.order_by(Offering.coach_id)).all()


def offerings_under(coach_id: uuid.UUID, policy: Policy) -> Sequence[Offering]:
    """What of a coach's rate card follows this policy."""
    chosen = select(Offering).where(Offering.coach_id == coach_id, Offering.active, _follows(policy))
    return session().scalars(chosen.order_by(Offering.id)).all()


def sold_under() -> dict[uuid.UUID | None, int]:
    """How many offerings on rate cards name each policy; None: how many name none."""
    counted = select(Offering.policy_id, func.count()).where(Offering.active).group_by(Offering.policy_id)
    return {row[0]: row[1] for row in session().execute(counted)}


def _follows(policy: Policy) -> ColumnElement[bool]:
    named = Offering.policy_id == policy.id
    return or_(named, Offering.policy_id.is_(None)) if policy.is_house else named


def offering_for_booking(offering_id: uuid.UUID) -> Offering:
    """A bookable offering with its coach; NotFound once it or its currency is retired, or the coach not approved."""
    payable = Offering.currency.in_(config.current().offered_currencies())
    chosen = (
        select(Offering)
        .join(Offering.coach)
        .join(User, User.id == Coach.user_id)
        .where(Offering.id == offering_id, Offering.active, payable, Coach.status == rules.APPROVED, User.active)
        .options(contains_eager(Offering.coach).contains_eager(Coach.user))
    )
    offering = session().scalar(chosen)
    if offering is None:
        raise NotFound
    return offering


def applications() -> Sequence[Coach]:
    """Applications that nobody has decided, the oldest first."""
    return for_vetting(rules.APPLIED)


VETTING_SORTS = {
    "name": (User.name, Coach.id),
    "applied_at": (Coach.applied_at, Coach.id),
    "decided_at": (Coach.decided_at, Coach.id),
}


def for_vetting(
    status: str | None = None,
    *,
    search: str = "",
    sort: str = "applied_at",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[Coach]:
    """Coaches in one state, or in any, the oldest application first; whose people have each word. For admins."""
    chosen = select(Coach).join(Coach.user).options(contains_eager(Coach.user))
    if status:
        chosen = chosen.where(Coach.status == status)
    for word in search.split():
        handle = Coach.handle.contains(word, autoescape=True)
        chosen = chosen.where(or_(User.words.contains(word.lower(), autoescape=True), handle))
    page = ordered(chosen, VETTING_SORTS, sort=sort, descending=descending, offset=offset, limit=limit)
    return session().scalars(page).all()


def counts_by_status() -> dict[str, int]:
    """How many coaches are in each state."""
    counted = select(Coach.status, func.count()).group_by(Coach.status)
    return {row[0]: row[1] for row in session().execute(counted)}


def for_admin(actor: User, coach_id: uuid.UUID) -> Coach:
    """Any coach, whatever the state, for an admin; NotFound for everybody else."""
    coach = session().get(Coach, coach_id, options=[joinedload(Coach.user)]) if rules.may_vet(actor) else None
    if coach is None:
        raise NotFound
    return coach


def names_of(coach_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of these coaches, by id."""
    rows = session().execute(select(Coach.id, User.name).join(Coach.user).where(Coach.id.in_(coach_ids)))
    return {row.id: row.name for row in rows}


def ids_of(user_ids: Collection[uuid.UUID]) -> Sequence[uuid.UUID]:
    """The ids of those of these people who are coaches."""
    return session().scalars(select(Coach.id).where(Coach.user_id.in_(user_ids))).all()
