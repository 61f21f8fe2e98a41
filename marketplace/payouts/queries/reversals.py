"""What was reversed of payouts, and what still can be."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.ledger.models import Entry
from marketplace.payouts.models import Payout, PayoutReversal
from marketplace.payouts.queries.bank_accounts import as_uuid
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import reversals as reversal_rules
from marketplace.payouts.rules import states as payout_states


def reversal(actor: User, reversal_id: uuid.UUID) -> PayoutReversal:
    """One reversal as the database has it, for admins; NotFound."""
    found = find_reversal(reversal_id) if payout_permissions.may_pay_out(actor) else None
    if found is None:
        raise NotFound
    return found


def find_reversal(reversal_id: uuid.UUID | str | None) -> PayoutReversal | None:
    """The reversal with that id, as the database has it now."""
    key = as_uuid(str(reversal_id))
    chosen = select(PayoutReversal).where(PayoutReversal.id == key).execution_options(populate_existing=True)
    return session().scalar(chosen) if key else None


def reversals_of(payout_id: uuid.UUID) -> Sequence[PayoutReversal]:
    """What admins took back of one payout or tried to, in that order."""
    chosen = select(PayoutReversal).where(PayoutReversal.payout_id == payout_id).order_by(PayoutReversal.id)
    return session().scalars(chosen.execution_options(populate_existing=True)).all()


def made_reversals(payouts: Collection[Payout]) -> Mapping[uuid.UUID, list[PayoutReversal]]:
    """What admins took back of these payouts, by the payout's id."""
    chosen = select(PayoutReversal).where(
        PayoutReversal.payout_id.in_([payout.id for payout in payouts]), PayoutReversal.status == payout_states.MADE
    )
    found: dict[uuid.UUID, list[PayoutReversal]] = {}
    for made in session().scalars(chosen.order_by(PayoutReversal.id)):
        found.setdefault(made.payout_id, []).append(made)
    return found


def reversed_cents(payouts: Collection[Payout]) -> Mapping[uuid.UUID, int]:
    """What of these payouts was reversed, by us or at Stripe, by the payout's id.

    Absent: nothing.
    """
    chosen = select(Entry.subject_id, func.sum(Entry.cents)).where(
        Entry.subject_id.in_([payout.id for payout in payouts]), Entry.key.startswith("payout-reversed:")
    )
    rows = session().execute(chosen.group_by(Entry.subject_id))
    return {payout_id: int(cents) for payout_id, cents in rows}


class Claimed(NamedTuple):
    """What of a converted payout is reversed or about to be: cents of the payout, and of what was sent."""

    cents: int
    sent_cents: int


def claimed_before(payout: Payout, *, but: uuid.UUID | None) -> Claimed:
    """What is reversed of a converted payout, and asked for by reversals other than `but`."""
    asked = select(
        func.coalesce(func.sum(PayoutReversal.cents), 0), func.coalesce(func.sum(PayoutReversal.sent_cents), 0)
    ).where(
        PayoutReversal.payout_id == payout.id,
        PayoutReversal.status == payout_states.INTENDED,
        PayoutReversal.sent_cents.is_not(None),
    )
    cents, sent_cents = session().execute(asked if but is None else asked.where(PayoutReversal.id != but)).one()
    back = reversed_cents([payout]).get(payout.id, 0)
    booked = Entry.subject_id == payout.id, Entry.key.startswith("exchange-into:payout-reversed:")
    sent_back = session().scalar(select(func.sum(Entry.cents)).where(*booked)) or 0
    return Claimed(int(cents or 0) + back, int(sent_cents or 0) + int(sent_back))


def left_to_reverse(payout: Payout) -> int:
    """What of a payout can still be reversed, in cents; 0 where Stripe did not pay it."""
    if payout.status != payout_states.PAID or payout.stripe_id is None:
        return 0
    intended = select(func.coalesce(func.sum(PayoutReversal.cents), 0)).where(
        PayoutReversal.payout_id == payout.id, PayoutReversal.status == payout_states.INTENDED
    )
    return reversal_rules.left_to_reverse(
        payout.amount_cents,
        reversed_cents=reversed_cents([payout]).get(payout.id, 0),
        intended_cents=int(session().scalar(intended) or 0),
    )


def unsent_reversals() -> Sequence[uuid.UUID]:
    """Reversals that are meant and not made, the oldest first."""
    chosen = select(PayoutReversal.id).where(PayoutReversal.status == payout_states.INTENDED)
    return session().scalars(chosen.order_by(PayoutReversal.id)).all()
