"""Reading the changes of accounts, for admins."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from marketplace import clock
from marketplace.account_changes.models import AccountChange
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import CLAIMING
from marketplace.coaches.models import Coach
from marketplace.db import session

WHOLE = (
    joinedload(AccountChange.user, innerjoin=True).selectinload(User.roles),
    joinedload(AccountChange.proposer),
)
LISTED = 200


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
