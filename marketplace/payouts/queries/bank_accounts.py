"""Where coaches' money goes."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from marketplace.db import session
from marketplace.payouts.models import BankDetails, ConnectedAccount


def account_of(coach_id: uuid.UUID) -> ConnectedAccount | None:
    """A coach's bank at Stripe, once the coach has begun to connect one."""
    return session().scalar(select(ConnectedAccount).where(ConnectedAccount.coach_id == coach_id))


def bank_details_of(coach_id: uuid.UUID) -> BankDetails | None:
    """Where a coach is paid by manual transfers, as the database has it; None: through Stripe."""
    chosen = select(BankDetails).where(BankDetails.coach_id == coach_id)
    return session().scalar(chosen.execution_options(populate_existing=True))


def coaches_paid_manually(only: uuid.UUID | None = None) -> set[uuid.UUID]:
    """The coaches who are paid by manual transfers; of one, whether it is among them."""
    chosen = select(BankDetails.coach_id)
    return set(session().scalars(chosen if only is None else chosen.where(BankDetails.coach_id == only)))


def account(account_id: str) -> ConnectedAccount | None:
    """The bank with that id, ours or Stripe's."""
    ours = as_uuid(account_id)
    same = ConnectedAccount.stripe_id == account_id if ours is None else ConnectedAccount.id == ours
    return session().scalar(select(ConnectedAccount).where(same).execution_options(populate_existing=True))


def as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def accounts_to_check(before: datetime, limit: int = 50) -> Sequence[uuid.UUID]:
    """Banks that were not ready when we last asked, before that instant.

    The longest unasked first.
    """
    chosen = select(ConnectedAccount.id).where(
        ConnectedAccount.stripe_id.is_not(None),
        ConnectedAccount.ready.is_(False),
        func.coalesce(ConnectedAccount.checked_at, ConnectedAccount.created_at) < before,
    )
    return session().scalars(chosen.order_by(ConnectedAccount.checked_at).limit(limit)).all()
