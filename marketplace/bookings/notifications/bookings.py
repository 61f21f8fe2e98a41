"""What the two are told, with the calendar invite that follows a booking through its life."""

from collections.abc import Sequence
from typing import Any

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.calendar_sync import service as calendar_sync
from marketplace.bookings.invites.service import invite, session_url
from marketplace.bookings.models import Booking
from marketplace.coaches.queries import offering_for_booking
from marketplace.errors import NotFound
from marketplace.money import spoken
from marketplace.notifications.service import notify
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Payment
from marketplace.scheduling.queries import free_times


def confirmed(booking: Booking) -> None:
    """Both get the session in their own zone, and the invite."""
    calendar_sync.appears(booking)
    tell_both(
        booking,
        "confirmed",
        "booking_confirmed",
        mentee_subject=f"Booked: {booking.title} with {booking.coach.user.name}",
        coach_subject=f"{booking.mentee.name} booked {booking.title}",
        method="REQUEST",
        policy=booking.terms.sentences(),
        by_approval=booking.by_approval,
    )


def requested(booking: Booking, together: Sequence[Booking]) -> None:
    """The coach is asked, the mentee knows what happens to her money."""
    tell_both(
        booking,
        "requested",
        "booking_requested",
        mentee_subject=f"Your request to {booking.coach.user.name} has been sent",
        coach_subject=f"{booking.mentee.name} asks for {booking.title}",
        decide_by=booking.decide_by,
        together=together,
    )


def declined(booking: Booking, together: Sequence[Booking]) -> None:
    """Nothing was taken."""
    tell_one(
        booking,
        booking.mentee,
        "declined",
        "booking_declined",
        f"{booking.coach.user.name} cannot take your session",
        reason=booking.end_reason or "",
        profile_url=profile_url(booking),
        together=together,
    )


def request_lapsed(booking: Booking, together: Sequence[Booking]) -> None:
    """Nobody answered, or the card's promise ended first."""
    tell_both(
        booking,
        "lapsed",
        "booking_lapsed",
        mentee_subject="Your request has lapsed",
        coach_subject=f"The request of {booking.mentee.name} has lapsed",
        profile_url=profile_url(booking),
        together=together,
    )


def request_withdrawn(booking: Booking, together: Sequence[Booking]) -> None:
    """The mentee thought again before the coach answered."""
    tell_one(
        booking,
        booking.coach.user,
        "withdrawn",
        "booking_withdrawn",
        f"{booking.mentee.name} has withdrawn the request",
        together=together,
    )


def cancelled(booking: Booking, *, by_coach: bool) -> None:
    """Both hear who cancelled and what happens to the money; the event leaves their calendars."""
    calendar_sync.goes(booking)
    coach_cents, _fee = rules.earned(booking)
    who = booking.coach.user.name if by_coach else booking.mentee.name
    tell_both(
        booking,
        "cancelled",
        "booking_cancelled",
        mentee_subject=f"Cancelled: {booking.title} with {booking.coach.user.name}",
        coach_subject=f"Cancelled: {booking.title} with {booking.mentee.name}",
        method="CANCEL",
        who=who,
        reason=booking.end_reason or "",
        refund=spoken(booking.refunded_cents, booking.currency),
        refunded=booking.refunded_cents > 0,
        coach_share=spoken(coach_cents, booking.currency),
        coach_keeps=coach_cents > 0,
        profile_url=profile_url(booking),
    )


def completed(booking: Booking) -> None:
    """The session is over; the mentee may say so if it was not."""
    tell_one(
        booking,
        booking.mentee,
        "completed",
        "booking_completed",
        f"Your session with {booking.coach.user.name}",
        took_place=booking.outcome == rules.TOOK_PLACE,
        window_hours=booking.terms.dispute_window_hours,
    )


def paid_too_late(booking: Booking) -> None:
    """The money goes back, and the next free times are named."""
    tell_one(
        booking,
        booking.mentee,
        "late",
        "booking_paid_too_late",
        "Your payment came too late and goes back to you",
        given_back=booking.status == rules.CANCELLED,
        nearest=[clock.spoken(at, booking.mentee.timezone) for at in _next_times(booking)],
        profile_url=profile_url(booking),
    )


def _next_times(booking: Booking) -> list[Any]:
    """The three free times next to the one that is gone; none if it is not offered any more."""
    try:
        offering = offering_for_booking(booking.offering_id)
    except NotFound:
        return []
    return list(free_times.nearest(offering, max(booking.starts_at, clock.now())))


def profile_url(booking: Booking) -> str:
    """Where the coach's other times are."""
    return f"{config.current().public_url}/@{booking.coach.handle}"


def tell_both(
    booking: Booking, fact: str, template: str, *, mentee_subject: str, coach_subject: str, **context: Any
) -> None:
    """The same fact to each of the two, under her own subject."""
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
    """One mail about one fact to one of the two, times in her zone; with `method`, the invite as it stands.

    `together` are the sessions that it is about, where they are several: their times and what they cost in all.
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
