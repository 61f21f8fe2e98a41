"""One mail about one booking, or a series, to one of its two people, or to both."""

import uuid
from collections.abc import Sequence
from typing import Any

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.invites.service import invite, meeting_url, session_url
from marketplace.bookings.meeting_links.rules import how_it_opens
from marketplace.bookings.models import Booking
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.money import spoken
from marketplace.notifications.service import notify
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.billing_parties.queries import name_of_payer
from marketplace.payments.models import Payment


def profile_url(booking: Booking) -> str:
    """Where the coach's other times are."""
    return f"{config.current().public_url}/@{booking.coach.handle}"


def tell_both(booking: Booking, fact: str, template: str, **context: Any) -> None:
    """The same fact to coach and mentee. The context is data, which the template says in the language of each."""
    tell_one(booking, booking.mentee, fact, template, **context)
    tell_one(booking, booking.coach.user, fact, template, **context)


def tell_one(
    booking: Booking,
    person: User,
    fact: str,
    template: str,
    *,
    method: str | None = None,
    together: Sequence[Booking] = (),
    by: User | None = None,
    payment_id: uuid.UUID | None = None,
    **context: Any,
) -> None:
    """One mail about one fact to coach or mentee, in their language and zone; with `method`, the invite as it stands.

    `together` are the bookings that it is about, where they are several: their times and what they cost in all. `by` is
    who did it: the mail says "you" to them. `payment_id` is what it is about where that is not what paid the session.
    """
    about = sorted(together, key=lambda each: each.starts_at) or [booking]
    with speaking(person.preferences):
        notify(
            person.email,
            template=template,
            key=f"{fact}:{booking.id}:{booking.sequence}:{person.id}",
            calendar=invite(about, method) if method else None,
            calendar_method=method,
            by_you=by is not None and by.id == person.id,
            **_facts(booking, about, person, payment_id or booking.payment_id),
            **context,
        )


def _facts(booking: Booking, about: Sequence[Booking], person: User, payment_id: uuid.UUID | None) -> dict[str, Any]:
    """What every mail about a booking may say.

    `payer` is who is refunded, `paid_by` says that somebody paid in the mentee's stead: to a coach in a sentence.
    """
    to_coach = person.id == booking.coach.user_id
    zone = booking.coach.timezone if to_coach else booking.mentee.timezone
    other = booking.mentee.name if to_coach else booking.coach.user.name
    payment = payments.find(payment_id) if payment_id and not to_coach else None
    paid_by, mentee = name_of_payer(payment_id), booking.mentee.name
    link = meeting_url(booking) if booking.status == rules.CONFIRMED else ""
    return {
        "name": person.name,
        "to_coach": to_coach,
        "other": other,
        "title": booking.title,
        "meeting": _("%(title)s with %(name)s", title=booking.title, name=other),
        "when": [clock.spoken(each.starts_at, zone, each.ends_at) for each in about],
        "many": len(about) if len(about) > 1 else 0,
        "zone": zone,
        "currency": booking.currency,
        "price": _price(about, payment),
        "free": all(each.is_free for each in about),
        "coupon": _coupon(about),
        "paid_by": "" if to_coach else paid_by,
        "payer": paid_by or mentee,
        "who_paid": _("%(payer)s has paid for %(mentee)s.", payer=paid_by, mentee=mentee) if paid_by else "",
        "taxed": payment is not None and payment.tax_cents > 0,
        "brief": booking.brief,
        "session_url": session_url(booking),
        "meeting_url": link,
        "how_it_opens": how_it_opens(link, coach=None if to_coach else other) if link else "",
    }


def _price(about: Sequence[Booking], payment: Payment | None) -> str:
    """What the mentee pays for these, tax included where it is known; the price alone where there is no `payment`."""
    cents, currency = sum(each.price_cents for each in about), about[0].currency
    if payment is None or not payment.automatic_tax:
        return spoken(cents, currency)
    tax_cents = payment_rules.tax_on(cents, amount_cents=payment.amount_cents, tax_cents=payment.tax_cents)
    whole = spoken(cents + tax_cents, currency)
    return _("%(price)s (%(tax)s of it tax)", price=whole, tax=spoken(tax_cents, currency)) if tax_cents else whole


def _coupon(about: Sequence[Booking]) -> str:
    """What a coupon took off these; ''."""
    cents, currency = sum(each.discount_cents for each in about), about[0].currency
    if not cents:
        return ""
    return _(
        "The coupon %(code)s took %(discount)s off %(price)s.",
        code=about[0].coupon_code,
        discount=spoken(cents, currency),
        price=spoken(sum(each.list_cents for each in about), currency),
    )
