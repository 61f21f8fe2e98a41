"""What cancelling would do, before it is done: the refund, why, and the button's words."""

from dataclasses import dataclass

from marketplace.bookings import rules
from marketplace.bookings.cancellations import rules as cancellation_rules
from marketplace.bookings.models import Booking
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.money import spoken
from marketplace.pages.wording import MENTEE, Reader, other, price
from marketplace.policies.rules import Terms

HEADINGS = {rules.REQUESTED: _l("Withdraw this request")}
CANCEL = _l("Cancel this session")
SUBMITS = {rules.REQUESTED: _l("Withdraw, pay nothing"), rules.HELD: _l("Release this time")}


@dataclass(frozen=True)
class CancellationQuote:
    """`total` is the refund in large, none where nothing was paid; `terms` are the rules it follows from."""

    title: str
    heading: str
    other: str
    total: str
    sentence: str
    submit: str
    expected_refund_cents: int
    terms: Terms | None

    @classmethod
    def of(
        cls, booking: Booking, quote: cancellation_rules.RefundQuote, reader: Reader, *, payer: str
    ) -> "CancellationQuote":
        """As the mentee or the coach reads it; `payer` is who paid in the mentee's stead, or ''."""
        amount = spoken(quote.refund_cents, booking.currency)
        paid = booking.status == rules.CONFIRMED
        withdraws = booking.status == rules.REQUESTED
        return cls(
            title=_("Withdraw: %(title)s", title=booking.title)
            if withdraws
            else _("Cancel: %(title)s", title=booking.title),
            heading=str(HEADINGS.get(booking.status, CANCEL)),
            other=other(booking, reader),
            total=amount if paid else "",
            sentence=_sentence(booking, quote, amount, reader, payer) if paid else quote.why,
            submit=str(SUBMITS.get(booking.status, ""))
            or _submit(quote, amount, to_reader=reader.side == MENTEE and not payer),
            expected_refund_cents=quote.refund_cents,
            terms=booking.terms if paid else None,
        )


def _sentence(booking: Booking, quote: cancellation_rules.RefundQuote, amount: str, reader: Reader, payer: str) -> str:
    if payer:
        said = _(
            "%(amount)s of %(price)s is refunded to %(name)s, who paid for it.",
            amount=amount,
            price=price(booking),
            name=payer,
        )
    elif reader.side == MENTEE:
        said = _("%(amount)s of %(price)s is refunded to you.", amount=amount, price=price(booking))
    else:
        said = _(
            "%(amount)s of %(price)s is refunded to %(name)s.",
            amount=amount,
            price=price(booking),
            name=other(booking, reader),
        )
    taxed = quote.refund_cents and booking.payment is not None and booking.payment.tax_cents
    return " ".join([said, quote.why, *([_("The tax on it is refunded as well.")] if taxed else [])])


def _submit(quote: cancellation_rules.RefundQuote, amount: str, *, to_reader: bool) -> str:
    if not quote.refund_cents:
        return _("Cancel without a refund")
    if to_reader:
        return _("Cancel and get %(amount)s back", amount=amount)
    return _("Cancel and refund %(amount)s", amount=amount)
