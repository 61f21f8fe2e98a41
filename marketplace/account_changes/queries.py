"""Reading people and the changes of their accounts, for admins."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace import clock
from marketplace.account_changes import rules
from marketplace.account_changes.models import AccountChange
from marketplace.accounts.models import Role, User
from marketplace.accounts.queries import by_email, only_admins
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import CLAIMING
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound

WHOLE = (
    joinedload(AccountChange.user, innerjoin=True).selectinload(User.roles),
    joinedload(AccountChange.proposer),
)
LISTED = 200


def people(admin: User, *, email: str = "") -> Sequence[User]:
    """The person with that address, however it is written; without one all admins, then whoever is deactivated."""
    only_admins(admin)
    if email:
        found = by_email(email)
        return [found] if found is not None else []
    of_interest = or_(User.roles.any(Role.name == "admin"), ~User.active)
    chosen = select(User).options(selectinload(User.roles)).where(of_interest)
    return session().scalars(chosen.order_by(User.active.desc(), User.id).limit(LISTED)).all()


def person(admin: User, user_id: uuid.UUID) -> User:
    """One person; NotFound."""
    only_admins(admin)
    found = session().get(User, user_id)
    if found is None:
        raise NotFound
    return found


def changes_of(admin: User, user_id: uuid.UUID) -> Sequence[AccountChange]:
    """What was changed about a person's account or is proposed, the newest first."""
    only_admins(admin)
    chosen = select(AccountChange).options(*WHOLE).where(AccountChange.user_id == user_id)
    return session().scalars(chosen.order_by(AccountChange.id.desc()).limit(LISTED)).all()


def open_changes(admin: User) -> Sequence[AccountChange]:
    """What waits for a second admin, the oldest first."""
    only_admins(admin)
    chosen = select(AccountChange).options(*WHOLE).where(AccountChange.made_at.is_(None))
    chosen = chosen.where(AccountChange.withdrawn_at.is_(None)).order_by(AccountChange.id)
    return session().scalars(chosen.limit(LISTED)).all()


def count_to_confirm(admin: User) -> int:
    """How many changes wait for a second admin, whom this one may be."""
    return sum(rules.may_confirm(admin.id, change.proposed_by) for change in open_changes(admin))


def locked(change_id: uuid.UUID) -> AccountChange | None:
    """A change and its person, locked until the transaction ends."""
    chosen = select(AccountChange).options(*WHOLE).where(AccountChange.id == change_id)
    return session().scalar(chosen.with_for_update(of=AccountChange), execution_options={"populate_existing": True})


def coming_sessions(user_id: uuid.UUID) -> int:
    """How many sessions a person has yet to come to, as mentee or coach, holds and requests among them."""
    whose = or_(Booking.mentee_id == user_id, Booking.coach_id.in_(select(Coach.id).where(Coach.user_id == user_id)))
    chosen = select(func.count()).select_from(Booking)
    chosen = chosen.where(whose, Booking.status.in_(CLAIMING), Booking.ends_at > clock.now())
    return session().scalar(chosen) or 0
