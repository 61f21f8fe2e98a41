"""The command that asks for the money of what is held."""

import uuid
from collections.abc import Sequence
from typing import Any

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.bookings import queries, rules
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes import bank_debits
from marketplace.db import transactional
from marketplace.errors import Conflict, NotAllowed
from marketplace.languages import gettext as _
from marketplace.languages import ngettext, speaking
from marketplace.payments.service import checkouts


class HoldLapsed(Conflict):
    """The time you held was not paid for in time and is free again. If it is still there, hold it once more."""


class DebitUnderWay(Conflict):
    """The bank is sending the money already. Nothing more is to be paid."""


def pay(mentee: User, *, booking_id: uuid.UUID) -> str:
    """The address of the hosted page where `mentee` pays for a held time; the same page at each call.

    Raises NotAllowed, HoldLapsed, DebitUnderWay, Conflict where nothing is to be paid.
    """
    payment_id = prepare_payment(mentee, booking_id=booking_id)
    return checkouts.start_checkout(payment_id)


@transactional
def prepare_payment(mentee: User, *, booking_id: uuid.UUID) -> uuid.UUID:
    """Write down that a held time is to be paid for; the payment, whose page is then opened. Raises as `pay` does."""
    seen = queries.one(mentee, booking_id)
    if seen.mentee_id != mentee.id:
        raise NotAllowed(_("Only the mentee pays for a session."))
    bookings = locked_holds(seen, refusal=_("There is nothing to pay here any more."))
    payment = bookings[0].payment
    if payment is not None and payment.is_settling:
        raise DebitUnderWay
    payment_id = checkouts.prepare(mentee, **_terms_of_payment(bookings)).id
    for booking in bookings:
        booking.payment_id = payment_id
    return payment_id


def locked_holds(seen: Booking, *, refusal: str) -> Sequence[Booking]:
    """What is held together with a booking, locked. Raises HoldLapsed; Conflict with the words `refusal` where it is
    not held any more."""
    bookings = queries.locked_with_series(seen)
    if any(booking.status == rules.EXPIRED for booking in bookings):
        raise HoldLapsed
    if any(booking.status != rules.HELD for booking in bookings):
        raise Conflict(refusal)
    if bookings[0].hold_expires_at <= clock.now():
        raise HoldLapsed
    return bookings


def _terms_of_payment(bookings: Sequence[Booking]) -> dict[str, Any]:
    """What is asked for one session, or for all of a series at once."""
    first, public_url = bookings[0], config.current().public_url
    place = f"series/{first.series_id}" if first.series_id else f"sessions/{first.id}"
    return {
        "subject_id": first.series_id or first.id,
        "description": _described(bookings),
        "amount_cents": sum(booking.price_cents for booking in bookings),
        "currency": first.currency,
        "manual_capture": first.by_approval,
        "card_only": not bank_debits.arrives_in_time(bookings),
        "return_url": f"{public_url}/{place}",
        "payable_until": first.hold_expires_at,
    }


def _described(bookings: Sequence[Booking]) -> str:
    """What is paid for, as the page to pay on and the mentee's bank say it."""
    first = bookings[0]
    named = {"title": first.title, "name": first.coach.user.name}
    with speaking(first.mentee.preferences):
        if len(bookings) == 1:
            return _("%(title)s with %(name)s", **named)
        return ngettext(
            "%(title)s with %(name)s, %(num)s session",
            "%(title)s with %(name)s, %(num)s sessions",
            len(bookings),
            **named,
        )
