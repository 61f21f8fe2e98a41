"""Commands: apply a code to what is held, one session or all of a series, and remove it."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries, rules
from marketplace.bookings.checkout.service import locked_holds
from marketplace.bookings.coupon_use import queries as coupon_use_queries
from marketplace.bookings.models import Booking
from marketplace.coaches.rules import price_floor_cents
from marketplace.coupons import queries as coupons
from marketplace.coupons import rules as coupon_rules
from marketplace.coupons.models import Coupon
from marketplace.coupons.queries import Counted
from marketplace.db import transactional
from marketplace.errors import Conflict, Invalid, NotAllowed, TooOften
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.rate_limits import count, counted

REFUSALS_AN_HOUR = 20
HOUR = 3600
UNKNOWN: Any = _l("This code does not work here. Look at its letters, for which sessions it is, and until when.")


class PaymentBegun(Conflict):
    """The page to pay on has been opened at this price. To pay another, release the time and hold it again."""


class TooManyCodes(TooOften):
    """That were many codes that do not work. Wait an hour before you try another."""


def apply_coupon(mentee: User, *, booking_id: uuid.UUID, code: str) -> Booking:
    """Take off what the coach's coupon takes off; another one gives way to it. Every session of a series is a use.

    Raises Invalid naming `code`, PaymentBegun, HoldLapsed, TooManyCodes.
    """
    key = f"coupon:{mentee.id}"
    if counted(key) >= REFUSALS_AN_HOUR:
        raise TooManyCodes
    seen = _own(mentee, booking_id)
    if coupons.named(code, coach_id=seen.coach_id, offering_id=seen.offering_id) is None:
        # Counted outside of any transaction: a code that is refused was tried all the same.
        count(key, seconds=HOUR)
        raise Invalid(code=str(UNKNOWN))
    return _apply(mentee, booking_id, code)


@transactional
def _apply(mentee: User, booking_id: uuid.UUID, code: str) -> Booking:
    bookings = _locked_unpaid(mentee, booking_id)
    # Under the coach's lock: nobody else counts or takes a use of the coupon until we have committed.
    coupon = coupons.named(code, coach_id=bookings[0].coach_id, offering_id=bookings[0].offering_id)
    if coupon is None:
        raise Invalid(code=str(UNKNOWN))
    uses, own_uses = coupon_use_queries.uses_of(coupon.id, mentee.id, ignoring=[booking.id for booking in bookings])
    refused = coupon_rules.why_not(coupon, uses=uses, mentee_uses=own_uses, wanted=len(bookings))
    if refused:
        raise Invalid(code=refused)
    for booking in bookings:
        if booking.coupon_id != coupon.id:
            _discount(booking, coupon)
            record(mentee.id, "booking.coupon_used", booking.id, code=coupon.code, cents=booking.discount_cents)
    return next(booking for booking in bookings if booking.id == booking_id)


@transactional
def remove_coupon(mentee: User, *, booking_id: uuid.UUID) -> Booking:
    """Pay the whole price after all. Raises PaymentBegun, HoldLapsed; without a coupon nothing happens."""
    bookings = _locked_unpaid(mentee, booking_id)
    for booking in bookings:
        if booking.coupon_id is not None:
            record(mentee.id, "booking.coupon_dropped", booking.id, code=booking.coupon_code)
            _restore_price(booking)
    return next(booking for booking in bookings if booking.id == booking_id)


def may_apply_coupon(actor: User, booking: Booking) -> bool:
    """Is it held by `actor`, and not yet being paid for?"""
    return _is_held_by(actor, booking) and booking.payment_id is None


def is_too_late(actor: User, booking: Booking) -> bool:
    """Is it held by `actor`, and the page to pay on was opened at this price without a coupon?"""
    return _is_held_by(actor, booking) and booking.payment_id is not None and booking.coupon_id is None


def _is_held_by(actor: User, booking: Booking) -> bool:
    held = booking.status == rules.HELD and booking.hold_expires_at > clock.now()
    return held and booking.mentee_id == actor.id


def with_uses(listed: Sequence[Coupon]) -> list[Counted]:
    """Each of a coach's coupons with how often it is in use and how it stands."""
    uses, now = coupon_use_queries.uses_by_coupon([coupon.id for coupon in listed]), clock.now()
    counted = [(coupon, uses.get(coupon.id, 0)) for coupon in listed]
    return [Counted(coupon, often, coupon_rules.state(coupon, uses=often, now=now)) for coupon, often in counted]


def _own(mentee: User, booking_id: uuid.UUID) -> Booking:
    seen = queries.one(mentee, booking_id)
    if seen.mentee_id != mentee.id:
        raise NotAllowed(_("Only the mentee uses a coupon."))
    return seen


def _locked_unpaid(mentee: User, booking_id: uuid.UUID) -> Sequence[Booking]:
    """What is held together with it, locked, before anybody pays."""
    bookings = locked_holds(_own(mentee, booking_id), refusal=_("A coupon is used before one pays."))
    if bookings[0].payment_id is not None:
        raise PaymentBegun
    return bookings


def _discount(booking: Booking, coupon: Coupon) -> None:
    if booking.credit_cents:
        raise Invalid(code=_("Your first session is taken off this price already; a coupon does not go with it."))
    _restore_price(booking)
    minutes = (booking.ends_at - booking.starts_at) // timedelta(minutes=1)
    floor = price_floor_cents(minutes, booking.currency, config.current())
    cents = coupon_rules.taken_off(coupon, price_cents=booking.price_cents, floor_cents=floor)
    if not cents:
        raise Invalid(code=_("This price is as low as one may be already, so the coupon takes nothing off."))
    booking.price_cents -= cents
    booking.discount_cents = cents
    booking.coupon_id, booking.coupon_code = coupon.id, coupon.code


def _restore_price(booking: Booking) -> None:
    booking.price_cents = booking.list_cents
    booking.discount_cents = 0
    booking.coupon_id = booking.coupon_code = None
