"""One mail about one booking to one of its two people, or to both."""

from collections.abc import Sequence
from typing import Any

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.bookings.invites.service import invite, session_url
from marketplace.bookings.models import Booking
from marketplace.money import spoken
from marketplace.notifications.service import notify
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment


def profile_url(booking: Booking) -> str:
    """Where the coach's other times are."""
    return f"{config.current().public_url}/@{booking.coach.handle}"


def tell_both(
    booking: Booking, fact: str, template: str, *, mentee_subject: str, coach_subject: str, **context: Any
) -> None:
    """The same fact to coach and mentee, under a subject of their own."""
    tell_one(booking, booking.mentee, fact, template, mentee_subject, **context)
    tell_one(booking, booking.coach.user, fact, template, coach_subject, **context)


def tell_one(
    booking: Booking,
    person: User,
    fact: str,
    template: str,
    subject: str,
    *,
    method: str | None = None,
    together: Sequence[Booking] = (),
    **context: Any,
) -> None:
    """One mail about one fact to coach or mentee, times in their zone; with `method`, the invite as it stands.

    `together` are the bookings that it is about, where they are several: their times and what they cost in all.
    """
    about = sorted(together, key=lambda each: each.starts_at) or [booking]
    to_coach = person.id == booking.coach.user_id
    zone = booking.coach.timezone if to_coach else booking.mentee.timezone
    payment = payments.find(booking.payment_id) if booking.payment_id and not to_coach else None
    notify(
        person.email,
        subject=subject,
        template=template,
        key=f"{fact}:{booking.id}:{booking.sequence}:{person.id}",
        calendar=invite(booking, method) if method else None,
        calendar_method=method,
        name=person.name,
        to_coach=to_coach,
        other=booking.mentee.name if to_coach else booking.coach.user.name,
        title=booking.title,
        when="\n".join(clock.spoken(each.starts_at, zone, each.ends_at) for each in about),
        zone=zone,
        price=_price(about, payment),
        coupon=_coupon(about),
        taxed=payment is not None and payment.tax_cents > 0,
        brief=booking.brief,
        session_url=session_url(booking),
        **context,
    )


def _price(about: Sequence[Booking], payment: Payment | None) -> str:
    """What the mentee pays for these, tax included where it is known; the price alone where there is no `payment`."""
    cents, currency = sum(each.price_cents for each in about), about[0].currency
    if payment is None or not payment.automatic_tax:
        return spoken(cents, currency)
    tax_cents = payment_rules.tax_on(cents, amount_cents=payment.amount_cents, tax_cents=payment.tax_cents)
    tax = f", of which {spoken(tax_cents, currency)} tax," if tax_cents else ""
    return spoken(cents + tax_cents, currency) + tax


def _coupon(about: Sequence[Booking]) -> str:
    """What a coupon took off these; ''."""
    cents = sum(each.discount_cents for each in about)
    if not cents:
        return ""
    whole = spoken(sum(each.list_cents for each in about), about[0].currency)
    return f"The coupon {about[0].coupon_code} took {spoken(cents, about[0].currency)} off {whole}."
