"""Commands: propose an overrun, answer it, pay for it, and see what became of it."""

import uuid
from datetime import timedelta

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.bookings.notifications import overruns as notifications
from marketplace.bookings.overruns import queries, rules
from marketplace.bookings.overruns.models import Overrun
from marketplace.bookings.overruns.transitions import transition_overrun
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.languages import gettext as _
from marketplace.languages import ngettext, speaking
from marketplace.money import spoken
from marketplace.payments import rules as payment_rules
from marketplace.payments.refund_reasons import rules as refund_reasons
from marketplace.payments.service import checkouts, refunds
from marketplace.payments.service.payment_jobs import enqueue_payment


class NoOverrunNow(Conflict):
    """An overrun is proposed in the session or until an hour after it, and not where somebody did not come."""


class OverrunWaits(Conflict):
    """One is proposed for this session already, or was paid."""


class OverrunEnded(Conflict):
    """This proposal is over: it was answered or withdrawn, or its three days have passed."""


@transactional
def propose(coach_user: User, *, booking_id: uuid.UUID, minutes: int, price_cents: int | None = None) -> Overrun:
    """Propose so many minutes more for a price, as the coach; None is the session's own rate, above which none may be.

    Raises NotFound, NotAllowed for the mentee, NoOverrunNow, OverrunWaits, Invalid.
    """
    bookings.of_party(coach_user, booking_id)
    booking = bookings.locked(booking_id)
    if booking.coach.user_id != coach_user.id:
        raise NotAllowed(_("Only the coach of a session proposes an overrun."))
    if not may_propose(booking):
        raise NoOverrunNow
    made = Overrun(
        id=uuid7(),
        booking_id=booking.id,
        booking=booking,
        status=rules.PROPOSED,
        minutes=minutes,
        price_cents=_allowed(booking, minutes, price_cents),
        currency=booking.currency,
        fee_basis_points=booking.fee_basis_points,
        refunded_cents=0,
        lapses_at=clock.now() + rules.STANDS_FOR,
        created_at=clock.now(),
    )
    with refusing("overruns_one_live_idx", OverrunWaits):
        session().add(made)
    record(coach_user.id, "overrun.proposed", made.id, booking_id=str(booking.id), minutes=minutes)
    notifications.proposed(made)
    return made


def may_propose(booking: Booking) -> bool:
    """May the coach of this session propose an overrun now?"""
    return not booking.is_free and rules.may_propose(
        status=booking.status,
        outcome=booking.outcome,
        frozen=booking.frozen_at is not None,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        now=clock.now(),
    )


def most_cents(booking: Booking, minutes: int) -> int:
    """What so many minutes cost at the session's own rate, before any coupon or credit."""
    whole = (booking.ends_at - booking.starts_at) // timedelta(minutes=1)
    return rules.most_cents(minutes, price_cents=booking.list_cents + booking.credit_cents, session_minutes=whole)


def _allowed(booking: Booking, minutes: int, cents: int | None) -> int:
    if not rules.LEAST_MINUTES <= minutes <= rules.MOST_MINUTES:
        least, most = rules.LEAST_MINUTES, rules.MOST_MINUTES
        raise Invalid(minutes=_("Write a number from %(least)s to %(most)s.", least=least, most=most))
    by_rate = most_cents(booking, minutes)
    cents = by_rate if cents is None else cents
    if not 1 <= cents <= by_rate:
        amounts = {"least": spoken(1, booking.currency), "most": spoken(by_rate, booking.currency)}
        raise Invalid(price=_("Ask for %(least)s to %(most)s: no more than the rate of this session.", **amounts))
    return cents


@transactional
def withdraw(coach_user: User, *, overrun_id: uuid.UUID) -> Overrun:
    """Take a proposal back, as its coach, before it is accepted. Raises NotFound, OverrunEnded."""
    found = _locked(coach_user, overrun_id)
    if found.booking.coach.user_id != coach_user.id:
        raise NotFound
    return _ended(found, rules.WITHDRAWN, coach_user)


@transactional
def decline(mentee: User, *, overrun_id: uuid.UUID) -> Overrun:
    """Decline to pay, as the mentee: it was unpaid time then. Raises NotFound, OverrunEnded."""
    found = _locked(mentee, overrun_id)
    if found.booking.mentee_id != mentee.id:
        raise NotFound
    return _ended(found, rules.DECLINED, mentee)


def _ended(found: Overrun, to: str, by: User) -> Overrun:
    if found.status != rules.PROPOSED or found.lapses_at <= clock.now():
        raise OverrunEnded
    transition_overrun(found, to, by=by.id)
    notifications.ended(found)
    return found


def accept(mentee: User, *, overrun_id: uuid.UUID) -> str:
    """The address of the page on which the mentee pays for it; the same one each time.

    Raises NotFound, OverrunEnded, and what `checkouts.start_checkout` raises.
    """
    return checkouts.start_checkout(_accepted(mentee, overrun_id))


@transactional
def _accepted(mentee: User, overrun_id: uuid.UUID) -> uuid.UUID:
    found = _locked(mentee, overrun_id)
    if found.booking.mentee_id != mentee.id:
        raise NotFound
    if found.status == rules.ACCEPTED and found.payment_id is not None:
        return found.payment_id
    if found.status != rules.PROPOSED or found.lapses_at <= clock.now():
        raise OverrunEnded
    booking = found.booking
    with speaking(mentee.preferences):
        said = ngettext("%(num)s minute more", "%(num)s minutes more", found.minutes)
        description = _("%(title)s with %(name)s: %(more)s", title=booking.title, name=booking.coach.name, more=said)
    until = rules.payable_until(lapses_at=found.lapses_at, now=clock.now())
    payment = checkouts.prepare(
        mentee,
        subject_id=found.id,
        description=description,
        amount_cents=found.price_cents,
        currency=found.currency,
        manual_capture=False,
        card_only=True,
        return_url=f"{config.current().public_url}/overruns/{found.id}",
        payable_until=until,
    )
    found.payment_id, found.payment, found.lapses_at = payment.id, payment, until
    transition_overrun(found, rules.ACCEPTED, by=mentee.id)
    return payment.id


@transactional
def refund(coach_user: User, *, overrun_id: uuid.UUID) -> Overrun:
    """Refund a paid overrun in full, as its coach, until it is the coach's. Raises NotFound, OverrunEnded."""
    found = _locked(coach_user, overrun_id)
    if found.booking.coach.user_id != coach_user.id:
        raise NotFound
    left = found.price_cents - found.refunded_cents
    if found.status != rules.PAID or found.payment is None or found.released_at is not None or not left:
        raise OverrunEnded
    found.refunded_cents += left
    refunds.intend_refund(found.payment, cents=left, reason=refund_reasons.BY_COACH, key=f"overrun:{found.id}")
    record(coach_user.id, "overrun.refunded", found.id, booking_id=str(found.booking_id), cents=left)
    notifications.refunded(found)
    return found


def _locked(actor: User, overrun_id: uuid.UUID) -> Overrun:
    """For coach or mentee of its session, which is locked before it; NotFound."""
    bookings.locked(queries.one(actor, overrun_id).booking_id)
    return queries.locked(overrun_id)


def payment_changed(payment_id: uuid.UUID) -> None:
    """Apply a payment's present status to the overrun that it pays for, inside a command. Safe any number of times."""
    seen = queries.of_payment(payment_id)
    if seen is None:
        return
    bookings.locked(seen.booking_id)
    found = queries.locked(seen.id)
    status = found.payment.status if found.payment is not None else None
    if found.status != rules.ACCEPTED:
        return
    if status == payment_rules.PAID:
        transition_overrun(found, rules.PAID)
        notifications.ended(found)
    elif status in payment_rules.LAPSED:
        transition_overrun(found, rules.LAPSED)
        notifications.ended(found)


def lapse_overruns() -> None:
    """End proposals that nobody answered in time, and close the pages of those that nobody paid. Safe to run twice."""
    for found in queries.overdue():
        _lapse(found.id, found.booking_id)


@transactional
def _lapse(overrun_id: uuid.UUID, booking_id: uuid.UUID) -> None:
    bookings.locked(booking_id)
    found = queries.locked(overrun_id)
    if found.lapses_at > clock.now():
        return
    if found.status == rules.PROPOSED:
        transition_overrun(found, rules.LAPSED)
        notifications.ended(found)
    elif found.status == rules.ACCEPTED:
        enqueue_payment("abandon_payment", found.payment_id)
