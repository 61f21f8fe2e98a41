"""Money that an admin gives back beyond the policy: any part of what is left, at the cost of whom she chooses."""

import uuid
from dataclasses import dataclass

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.earnings.service import Frozen
from marketplace.bookings.models import Booking, GivenBack
from marketplace.bookings.notifications.bookings import tell_both
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post_all
from marketplace.money import spoken
from marketplace.payments import rules as payment_rules
from marketplace.payments.service import refunds

COACH, PLATFORM, SPLIT = "coach", "platform", "split"
PAYERS = (SPLIT, PLATFORM, COACH)


class NothingToGiveBack(Conflict):
    """Nothing was paid for this session, or all of it has gone back."""


class LeftChanged(Conflict):
    """Something has gone back since you looked. Look again before you send more."""


@dataclass(frozen=True)
class Effect:
    """What a refund does to each side, in cents: its part of it, and what the session brings it before and after."""

    cents: int
    coach_cents: int
    platform_cents: int
    coach_before_cents: int
    coach_after_cents: int
    fee_before_cents: int
    fee_after_cents: int
    left_cents: int
    left_after_cents: int


def left_to_give_back(admin: User, *, booking_id: uuid.UUID) -> int:
    """What could go back still, in cents. Raises NothingToGiveBack, Frozen; NotFound for who is no admin."""
    return _left(_seen(admin, booking_id))


def preview_refund(admin: User, *, booking_id: uuid.UUID, cents: int, paid_by: str) -> Effect:
    """What giving back `cents` would do. Raises Invalid naming the field, and what `left_to_give_back` raises."""
    booking = _seen(admin, booking_id)
    return _effect(booking, _left(booking), cents, paid_by)


@transactional
def refund_beyond(
    admin: User, *, booking_id: uuid.UUID, cents: int, paid_by: str, reason: str, expected_left_cents: int
) -> Booking:
    """Give `cents` back beyond the policy. LeftChanged if what is left is not what was shown: two sent at once."""
    _seen(admin, booking_id)
    booking = queries.locked(booking_id)
    left = _left(booking)
    if left != expected_left_cents:
        raise LeftChanged(left_cents=left)
    effect = _effect(booking, left, cents, paid_by)
    given = GivenBack(
        id=uuid7(),
        booking_id=booking.id,
        given_by=admin.id,
        cents=cents,
        coach_cents=effect.coach_cents,
        paid_by=paid_by,
        reason=reason,
    )
    session().add(given)
    booking.refunded_cents += cents
    booking.platform_paid_cents += cents if paid_by == PLATFORM else 0
    booking.coach_paid_cents += cents if paid_by == COACH else 0
    if booking.released_at is not None:
        _take_back(given, booking)
    # Where nothing was paid nothing is left, and that was refused above.
    assert booking.payment is not None
    refunds.intend_refund(booking.payment, cents=cents, reason=reason, key=f"beyond:{given.id}:{booking.id}")
    record(admin.id, "booking.refunded_beyond", booking.id, cents=cents, coach_cents=effect.coach_cents, reason=reason)
    _tell(given, booking, effect)
    return booking


def _seen(admin: User, booking_id: uuid.UUID) -> Booking:
    if not admin.is_admin:
        raise NotFound
    return queries.one(admin, booking_id)


def _left(booking: Booking) -> int:
    if booking.frozen_at is not None:
        raise Frozen
    paid = (
        booking.payment is not None
        and booking.payment.status == payment_rules.PAID
        and booking.confirmed_at is not None
    )
    left = booking.price_cents - booking.refunded_cents if paid else 0
    if left <= 0:
        raise NothingToGiveBack
    return left


def _effect(booking: Booking, left: int, cents: int, paid_by: str) -> Effect:
    if not 1 <= cents <= left:
        raise Invalid(refund=f"Between {spoken(1, booking.currency)} and {spoken(left, booking.currency)} can go back.")
    coach, fee = rules.earned(booking)
    if paid_by == COACH and cents > coach:
        raise Invalid(paid_by=f"The coach's share is {spoken(coach, booking.currency)}. Let us pay, or split it.")
    coach_after, fee_after = rules.earned(
        booking,
        less_cents=cents,
        platform_cents=cents if paid_by == PLATFORM else 0,
        coach_cents=cents if paid_by == COACH else 0,
    )
    return Effect(
        cents=cents,
        coach_cents=coach - coach_after,
        platform_cents=fee - fee_after,
        coach_before_cents=coach,
        coach_after_cents=coach_after,
        fee_before_cents=fee,
        fee_after_cents=fee_after,
        left_cents=left,
        left_after_cents=left - cents,
    )


def _take_back(given: GivenBack, booking: Booking) -> None:
    """What was released already comes back from each side; what the coach was paid out is her debt."""
    hers, owed, ours = (
        ledger_accounts.coach(booking.coach_id),
        ledger_accounts.SESSIONS_OWED,
        given.cents - given.coach_cents,
    )
    postings = [
        ledger_accounts.Posting(f"beyond-coach:{given.id}", hers, owed, given.coach_cents),
        ledger_accounts.Posting(f"beyond-fee:{given.id}", ledger_accounts.REVENUE, owed, ours),
    ]
    post_all(postings, currency=booking.currency, subject_id=booking.id)


def _tell(given: GivenBack, booking: Booking, effect: Effect) -> None:
    amount = spoken(given.cents, booking.currency)
    tell_both(
        booking,
        f"beyond:{given.id}",
        "refund_beyond",
        mentee_subject=f"{amount} goes back to you",
        coach_subject=f"{amount} goes back to {booking.mentee.name}",
        amount=amount,
        reason=given.reason,
        coach_part=spoken(given.coach_cents, booking.currency) if given.coach_cents else "",
        coach_keeps=spoken(effect.coach_after_cents, booking.currency),
        released=booking.released_at is not None,
        ended=booking.ends_at <= clock.now(),
    )
