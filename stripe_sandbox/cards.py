"""The test cards (docs.stripe.com/testing) that the sandbox knows; any other is refused."""

from dataclasses import dataclass

DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "stolen_card": ("card_declined", "Your card was declined."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "incorrect_number": ("incorrect_number", "Your card number is incorrect. The sandbox takes only its test cards."),
}


@dataclass(frozen=True)
class Card:
    """A test card and its payment method `pm_card_<method>`.

    `decline` is a decline code; `settles_at_once` puts the money straight into the available balance; `refund` is
    `pending` when refunds take a while, `fails` when they come back; `dispute` is the reason its holder will give.
    """

    number: str
    does: str
    method: str
    decline: str | None = None
    three_d_secure: bool = False
    settles_at_once: bool = False
    refund: str = ""
    dispute: str = ""

    @property
    def brand(self) -> str:
        """visa, mastercard or amex, by the first digit."""
        return {"3": "amex", "5": "mastercard"}.get(self.number[0], "visa")

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


INQUIRY = "inquiry"
_ALL = (
    Card("4242424242424242", "is paid at once", "visa"),
    Card("4000000000000077", "is paid, the money is available at once", "bypassPending", settles_at_once=True),
    Card("4000002500003155", "asks for 3-D Secure", "authenticationRequiredOnSetup", three_d_secure=True),
    Card("4000002760003184", "always asks for 3-D Secure", "authenticationRequired", three_d_secure=True),
    Card("4000000000000259", "is paid, then disputed as fraud", "createDispute", dispute="fraudulent"),
    Card(
        "4000000000002685",
        "is paid, then disputed: not received",
        "createDisputeProductNotReceived",
        dispute="product_not_received",
    ),
    Card("4000000000001976", "is paid, then inquired about", "createDisputeInquiry", dispute=INQUIRY),
    Card("4000000000007726", "is paid; a refund is pending for a minute", "pendingRefund", refund="pending"),
    Card("4000000000005126", "is paid; a refund fails after a minute", "refundFail", refund="fails"),
    Card("4000000000000002", "is declined", "chargeDeclined", "generic_decline"),
    Card("4000000000000341", "can be kept, but is declined when charged", "chargeCustomerFail", "generic_decline"),
    Card(
        "4000000000009995", "is declined: insufficient funds", "chargeDeclinedInsufficientFunds", "insufficient_funds"
    ),
    Card("4000000000009987", "is declined: lost card", "chargeDeclinedLostCard", "lost_card"),
    Card("4000000000009979", "is declined: stolen card", "chargeDeclinedStolenCard", "stolen_card"),
    Card("4000000000000069", "is declined: expired card", "chargeDeclinedExpiredCard", "expired_card"),
    Card("4000000000000127", "is declined: wrong security code", "chargeDeclinedIncorrectCvc", "incorrect_cvc"),
    Card("4000000000000119", "is declined: processing error", "chargeDeclinedProcessingError", "processing_error"),
    Card("5555555555554444", "is paid at once (Mastercard)", "mastercard"),
    Card("378282246310005", "is paid at once (American Express)", "amex"),
)
CARDS = {card.number: card for card in _ALL}
METHODS = {f"pm_card_{card.method}": card for card in _ALL}


def card_of(number: str) -> Card:
    """The card of that number, spaces and dashes aside, or of that `pm_card_…` name (`pm_card_visa_charge…` too);
    one that is declined when there is none."""
    digits = "".join(sign for sign in number if sign.isdigit())
    named = METHODS.get(number) or METHODS.get(number.replace("pm_card_visa_", "pm_card_"))
    return named or CARDS.get(digits) or Card(digits or "0", "is unknown", "", "incorrect_number")
