"""Where the money of a session is, as its reader may know it, with its documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.models import Booking
from marketplace.invoices import queries as invoices
from marketplace.invoices.rules import TITLES
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.money import spoken
from marketplace.pages.session.parts import Link
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader, coach_gets, coach_of, price
from marketplace.payments.models import Refund

REFUNDS = {
    "held": _l("waits: Stripe refunds nothing while the bank decides a dispute about this payment"),
    "covered": _l("returned through the bank's dispute instead"),
    "failed": _l("did not go through; we have been told and see to it"),
}

ON_ITS_WAY = _l("on its way")


@dataclass(frozen=True)
class MoneyLine:
    """What it is, how much, and how it stands."""

    label: str
    amount: str
    note: str = ""


@dataclass(frozen=True)
class MoneyPart:
    """The lines, invoices and credit notes to open, and for admins where there is more."""

    lines: tuple[MoneyLine, ...]
    documents: tuple[Link, ...]
    admin_links: tuple[Link, ...]

    @classmethod
    def of(cls, booking: Booking, refunds: Sequence[Refund], reader: Reader, person: User) -> "MoneyPart":
        """For one reader: the fee and the coach's share are not for the mentee, the tax is not for the coach."""
        documents = invoices.seen_of_payment(person, booking.payment_id)
        return cls(
            lines=(
                *_paid(booking, reader),
                *(MoneyLine(_("Refund to the card"), _total(refund), _how(refund, reader)) for refund in refunds),
                *(_shares(booking, reader) if reader.side != MENTEE else ()),
            ),
            documents=tuple(
                Link(f"{TITLES[each.kind]} {each.label}", url_for("invoices.pdf", invoice_id=each.id))
                for each in documents
            ),
            admin_links=tuple(_for_admins(booking)) if reader.side == ADMIN else (),
        )


def _total(refund: Refund) -> str:
    return spoken(refund.total_cents, refund.payment.currency)


def _paid(booking: Booking, reader: Reader) -> list[MoneyLine]:
    lines = []
    if booking.discount_cents:
        off, whole = (spoken(cents, booking.currency) for cents in (booking.discount_cents, booking.list_cents))
        lines.append(
            MoneyLine(_("Coupon %(code)s", code=booking.coupon_code), f"−{off}", _("off %(price)s", price=whole))
        )
    if booking.credit_cents:
        off, whole = (
            spoken(c, booking.currency) for c in (booking.credit_cents, booking.price_cents + booking.credit_cents)
        )
        lines.append(MoneyLine(_("Your first session counts"), f"−{off}", _("off %(price)s", price=whole)))
    lines.append(MoneyLine(_("Price"), price(booking), _came_in(booking, reader)))
    if booking.payment is not None and booking.payment.tax_cents and reader.side != COACH:
        of = "" if booking.series_id is None else _("on all sessions paid together")
        lines.append(MoneyLine(_("Tax on top"), spoken(booking.payment.tax_cents, booking.currency), of))
    return lines


def _came_in(booking: Booking, reader: Reader) -> str:
    payment = booking.payment
    if booking.is_free:
        return _("given by %(name)s, nothing is paid", name=booking.coach.user.name)
    if payment is not None and payment.paid_at is not None:
        return _("paid %(time)s", time=reader.when(payment.paid_at))
    if payment is not None and payment.status == "authorized":
        return _("reserved on the card, not taken")
    if payment is not None and payment.failure and reader.side == ADMIN:
        return _(
            "the last attempt failed: %(words)s (%(code)s)", words=payment.failure, code=payment.failure_code or "-"
        )
    return _("not paid") if booking.status in rules.CLAIMING else _("nothing was taken")


def _how(refund: Refund, reader: Reader) -> str:
    if refund.status == "succeeded" and refund.settled_at is not None:
        return _("sent %(time)s; banks take up to ten days to show it", time=reader.when(refund.settled_at))
    return str(REFUNDS.get(refund.status, ON_ITS_WAY))


def _shares(booking: Booking, reader: Reader) -> list[MoneyLine]:
    """Our fee and what the coach gets; none where nothing was sold or nothing is left."""
    kept = booking.price_cents - booking.refunded_cents
    sold = booking.status in rules.CLAIMING or booking.confirmed_at is not None
    if not sold or not (kept or booking.platform_paid_cents):
        return []
    _coach, fee = earning_rules.earned(booking)
    ours = MoneyLine(
        _("Our fee"),
        spoken(fee, booking.currency),
        _("%(percent)s %%", percent=formats.trimmed(Decimal(booking.fee_basis_points) / 100)),
    )
    if fee < 0:
        ours = MoneyLine(_("Our cost"), spoken(-fee, booking.currency), _("we refunded more than our fee"))
    label = _("You get") if reader.side == COACH else _("%(coach)s gets", coach=coach_of(booking))
    return [ours, MoneyLine(label, coach_gets(booking), _payable(booking, reader))]


def _payable(booking: Booking, reader: Reader) -> str:
    if booking.released_at is not None:
        return _("payable since %(time)s", time=reader.when(booking.released_at))
    if booking.frozen_at is not None:
        return _("kept back until it is settled who came")
    if booking.payment is not None and booking.payment.disputed_at is not None:
        return _("kept back while the payment is disputed")
    return _("payable %(time)s", time=reader.when(earning_rules.releasable_at(booking.terms, booking.ends_at)))


def _for_admins(booking: Booking) -> list[Link]:
    links = [Link(_("Ledger entries"), url_for("admin_ledger.timeline", about=booking.id))]
    if booking.confirmed_at and booking.refunded_cents < booking.price_cents:
        links.append(Link(_("Goodwill refund"), url_for("admin_goodwill_refunds.ask", booking_id=booking.id)))
    return links
