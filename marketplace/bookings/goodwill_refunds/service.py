"""Commands: refund beyond the policy, at the cost of whom the admin chooses."""

import uuid
from dataclasses import dataclass

from marketplace import authority
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries
from marketplace.bookings.contested_sessions.service import SessionFrozen
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.goodwill_refunds.models import GoodwillRefund
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications.delivery import tell_both
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import gettext as _
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.service.postings import post_all
from marketplace.money import spoken
from marketplace.payments import rules as payment_rules
from marketplace.payments.service import refunds

COACH, PLATFORM, SPLIT = "coach", "platform", "split"
PAYERS = (SPLIT, PLATFORM, COACH)


class NothingRefundable(Conflict):
    """Nothing was paid for this session, or all of it has been refunded."""


class RefundableChanged(Conflict):
    """Something has been refunded since you looked. Look again before you refund more."""


@dataclass(frozen=True)
class RefundEffect:
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


def refundable_cents(admin: User, *, booking_id: uuid.UUID) -> int:
    """What can still be refunded, in cents. Raises NothingRefundable, SessionFrozen; NotFound for who is no admin."""
    return _refundable(_seen(admin, booking_id))


def preview(admin: User, *, booking_id: uuid.UUID, cents: int, paid_by: str) -> RefundEffect:
    """What refunding `cents` would do. Raises Invalid naming the field, and what `refundable_cents` raises."""
    booking = _seen(admin, booking_id)
    return _effect_of(booking, _refundable(booking), cents, paid_by)


@transactional
def refund(
    admin: User, *, booking_id: uuid.UUID, cents: int, paid_by: str, reason: str, expected_refundable_cents: int
) -> Booking:
    """Refund `cents` beyond the policy. Raises OwnCase, and RefundableChanged if other than what was shown is left."""
    _seen(admin, booking_id)
    booking = queries.locked(booking_id)
    authority.check_impartial(admin.id, booking.mentee_id, booking.coach.user_id)
    left = _refundable(booking)
    if left != expected_refundable_cents:
        raise RefundableChanged(refundable_cents=left)
    effect = _effect_of(booking, left, cents, paid_by)
    goodwill = GoodwillRefund(
        id=uuid7(),
        booking_id=booking.id,
        given_by=admin.id,
        cents=cents,
        coach_cents=effect.coach_cents,
        paid_by=paid_by,
        reason=reason,
    )
    session().add(goodwill)
    booking.refunded_cents += cents
    booking.platform_paid_cents += cents if paid_by == PLATFORM else 0
    booking.coach_paid_cents += cents if paid_by == COACH else 0
    if booking.released_at is not None:
        _reverse_release(goodwill, booking)
    # Where nothing was paid nothing is left, and that was refused above.
    assert booking.payment is not None
    refunds.intend_refund(booking.payment, cents=cents, reason=reason, key=f"beyond:{goodwill.id}:{booking.id}")
    record(admin.id, "booking.refunded_beyond", booking.id, cents=cents, coach_cents=effect.coach_cents, reason=reason)
    _tell(goodwill, booking, effect)
    return booking


def _seen(admin: User, booking_id: uuid.UUID) -> Booking:
    if not admin.is_admin:
        raise NotFound
    return queries.one(admin, booking_id)


def _refundable(booking: Booking) -> int:
    if booking.frozen_at is not None:
        raise SessionFrozen
    paid = (
        booking.payment is not None
        and booking.payment.status == payment_rules.PAID
        and booking.confirmed_at is not None
    )
    left = booking.price_cents - booking.refunded_cents if paid else 0
    if left <= 0:
        raise NothingRefundable
    return left


def _effect_of(booking: Booking, left: int, cents: int, paid_by: str) -> RefundEffect:
    if not 1 <= cents <= left:
        raise Invalid(
            refund=_(
                "Between %(least)s and %(most)s can be refunded.",
                least=spoken(1, booking.currency),
                most=spoken(left, booking.currency),
            )
        )
    coach, fee = earning_rules.earned(booking)
    if paid_by == COACH and cents > coach:
        raise Invalid(
            paid_by=_(
                "The coach's share is %(amount)s. Let us pay, or split it.", amount=spoken(coach, booking.currency)
            )
        )
    coach_after, fee_after = earning_rules.earned(
        booking,
        less_cents=cents,
        platform_cents=cents if paid_by == PLATFORM else 0,
        coach_cents=cents if paid_by == COACH else 0,
    )
    return RefundEffect(
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


def _reverse_release(goodwill: GoodwillRefund, booking: Booking) -> None:
    """What was released already is taken from each side; what the coach was paid out is the coach's debt."""
    coach, owed, our_cents = (
        ledger_accounts.coach(booking.coach_id),
        ledger_accounts.SESSIONS_OWED,
        goodwill.cents - goodwill.coach_cents,
    )
    postings = [
        ledger_accounts.Posting(f"beyond-coach:{goodwill.id}", coach, owed, goodwill.coach_cents),
        ledger_accounts.Posting(f"beyond-fee:{goodwill.id}", ledger_accounts.REVENUE, owed, our_cents),
    ]
    post_all(postings, currency=booking.currency, subject_id=booking.id)


def _tell(goodwill: GoodwillRefund, booking: Booking, effect: RefundEffect) -> None:
    tell_both(
        booking,
        f"beyond:{goodwill.id}",
        "goodwill_refund",
        amount_cents=goodwill.cents,
        reason=goodwill.reason,
        coach_part_cents=goodwill.coach_cents,
        coach_keeps_cents=effect.coach_after_cents,
        released=booking.released_at is not None,
    )
