"""What cancelling would do, before it is done: the refund, why, and the button's words."""

from dataclasses import dataclass

from marketplace.bookings import rules
from marketplace.bookings.cancellations import rules as cancellation_rules
from marketplace.bookings.models import Booking
from marketplace.money import spoken
from marketplace.pages.wording import MENTEE, Reader, other, price
from marketplace.policies.rules import Terms

HEADINGS = {rules.REQUESTED: "Withdraw this request"}
SUBMITS = {rules.REQUESTED: "Withdraw, pay nothing", rules.HELD: "Release this time"}


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
    def of(cls, booking: Booking, quote: cancellation_rules.RefundQuote, reader: Reader) -> "CancellationQuote":
        """As the mentee or the coach reads it."""
        amount = spoken(quote.refund_cents, booking.currency)
        paid = booking.status == rules.CONFIRMED
        withdraws = booking.status == rules.REQUESTED
        return cls(
            title=f"{'Withdraw' if withdraws else 'Cancel'}: {booking.title}",
            heading=HEADINGS.get(booking.status, "Cancel this session"),
            other=other(booking, reader),
            total=amount if paid else "",
            sentence=_sentence(booking, quote, reader) if paid else quote.why,
            submit=SUBMITS.get(booking.status) or _submit(quote, amount, reader),
            expected_refund_cents=quote.refund_cents,
            terms=booking.terms if paid else None,
        )


def _sentence(booking: Booking, quote: cancellation_rules.RefundQuote, reader: Reader) -> str:
    if reader.side == MENTEE:
        said = f"of {price(booking)} is refunded to you. {quote.why}"
    else:
        said = f"of {price(booking)} is refunded to {other(booking, reader)}. {quote.why}"
    taxed = quote.refund_cents and booking.payment is not None and booking.payment.tax_cents
    return f"{said} The tax on it is refunded as well." if taxed else said


def _submit(quote: cancellation_rules.RefundQuote, amount: str, reader: Reader) -> str:
    if not quote.refund_cents:
        return "Cancel without a refund"
    return f"Cancel and get {amount} back" if reader.side == MENTEE else f"Cancel and refund {amount}"
