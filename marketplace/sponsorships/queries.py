"""Reading the register: both sides see an act, everybody what both show."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.sponsorships.models import Sponsorship
from marketplace.sponsorships.rules import CONFIRMED, WITHDRAWN

WHOLE = (joinedload(Sponsorship.coach, innerjoin=True), joinedload(Sponsorship.person))
MOST_SHOWN = 20
PAGE = 20


@dataclass(frozen=True)
class SponsorshipPage:
    """Some acts, and where the next page begins (None: nowhere)."""

    acts: Sequence[Sponsorship]
    after: uuid.UUID | None


@dataclass(frozen=True)
class Register:
    """What everybody reads of a coach: how many acts were confirmed, and those that both sides show."""

    confirmed: int
    shown: Sequence[Sponsorship]


def _done_by(actor: User) -> ColumnElement[bool]:
    return Sponsorship.coach_id.in_(select(Coach.id).where(Coach.user_id == actor.id))


def _done_for(actor: User) -> ColumnElement[bool]:
    mine = Sponsorship.person_id == actor.id
    if actor.confirmed_at is None:
        return mine
    # What was withdrawn before anybody answered is nothing to them any more.
    waits = and_(Sponsorship.person_id.is_(None), Sponsorship.email == actor.email, Sponsorship.status != WITHDRAWN)
    return or_(mine, waits)


def visible_to(actor: User) -> Select[Sponsorship]:
    """The acts that exist for `actor`: what they did as a coach, and what was done for them."""
    return select(Sponsorship).options(*WHOLE).where(or_(_done_by(actor), _done_for(actor)))


def one(actor: User, sponsorship_id: uuid.UUID) -> Sponsorship:
    """One act that `actor` may see; NotFound."""
    chosen = visible_to(actor).where(Sponsorship.id == sponsorship_id)
    found = session().scalar(chosen, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def locked(sponsorship_id: uuid.UUID) -> Sponsorship:
    """An act as it is now, locked until the transaction ends; NotFound."""
    chosen = select(Sponsorship).options(*WHOLE).where(Sponsorship.id == sponsorship_id)
    found = session().scalar(chosen.with_for_update(of=Sponsorship), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def page_for(actor: User, *, as_sponsor: bool, after: uuid.UUID | None = None, limit: int = PAGE) -> SponsorshipPage:
    """What `actor` did as a coach, or what was done for them, the newest first."""
    chosen = select(Sponsorship).options(*WHOLE).where(_done_by(actor) if as_sponsor else _done_for(actor))
    chosen = chosen.where(Sponsorship.id < after) if after is not None else chosen
    found = session().scalars(chosen.order_by(Sponsorship.id.desc()).limit(limit + 1)).all()
    return SponsorshipPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def register_of(coach_id: uuid.UUID) -> Register:
    """What everybody may read of a coach's acts, the newest of those that are shown first."""
    confirmed = Sponsorship.coach_id == coach_id, Sponsorship.status == CONFIRMED
    count = session().scalar(select(func.count()).where(*confirmed)) or 0
    shown = (
        select(Sponsorship)
        .options(*WHOLE)
        .where(*confirmed, Sponsorship.sponsor_agrees, Sponsorship.person_agrees)
        .order_by(Sponsorship.happened_on.desc(), Sponsorship.id.desc())
        .limit(MOST_SHOWN)
    )
    return Register(count, session().scalars(shown).all() if count else [])


def recorded_since(coach_id: uuid.UUID, period: timedelta) -> int:
    """How many acts a coach recorded within the last `period`."""
    recent = Sponsorship.coach_id == coach_id, Sponsorship.recorded_at > clock.now() - period
    return session().scalar(select(func.count()).where(*recent)) or 0


def named_since(email: str, period: timedelta) -> int:
    """How many acts named this address within the last `period`, whoever recorded them."""
    recent = Sponsorship.email == email, Sponsorship.recorded_at > clock.now() - period
    return session().scalar(select(func.count()).where(*recent)) or 0


def is_sponsor(actor: User, sponsorship: Sponsorship) -> bool:
    """Did `actor` do it?"""
    return sponsorship.coach.user_id == actor.id
