"""How a payment and a refund may move, and what Stripe's words mean for us."""

from collections.abc import Sequence

from marketplace.money import split

PENDING, AUTHORIZED, PAID, CANCELLED, FAILED = "pending", "authorized", "paid", "cancelled", "failed"

# A status never moves backwards, whatever order Stripe's messages come in.
NEXT: dict[str, frozenset[str]] = {
    PENDING: frozenset({AUTHORIZED, PAID, CANCELLED, FAILED}),
    AUTHORIZED: frozenset({PAID, CANCELLED, FAILED}),
    PAID: frozenset(),
    CANCELLED: frozenset(),
    FAILED: frozenset(),
}

INTENDED, SUCCEEDED = "intended", "succeeded"
# Held back while a bank decides a dispute; covered when the bank itself gave that money back.
HELD, COVERED = "held", "covered"
# What is not on its way and never was: it does not count as gone back.
NOT_GOING = (FAILED, COVERED)

REFUND_NEXT: dict[str, frozenset[str]] = {
    INTENDED: frozenset({PENDING, SUCCEEDED, FAILED, HELD}),
    HELD: frozenset({INTENDED, COVERED}),
    # An appeal took the bank's decision back, so the refund is owed again.
    COVERED: frozenset({INTENDED}),
    PENDING: frozenset({SUCCEEDED, FAILED}),
    # Stripe may still take back a success: the bank refused the money, and we owe it again.
    SUCCEEDED: frozenset({FAILED}),
    FAILED: frozenset(),
}

# A refund that failed is sent again under a key that names it; so is what a bank left of one that was held back.
AGAIN, REST = "again:", "rest:"
# Stripe's code where the holder has turned to her bank: nothing is refunded until that is decided.
IS_DISPUTED = "charge_disputed"

_BY_INTENT = {"succeeded": PAID, "requires_capture": AUTHORIZED, "canceled": CANCELLED}
_BY_REFUND = {"succeeded": SUCCEEDED, "failed": FAILED, "canceled": FAILED}


def status_at_stripe(checkout_status: str, intent_status: str | None) -> str:
    """Our word for where the money is. Under manual capture the intent decides, not the checkout page."""
    if intent_status in _BY_INTENT:
        return _BY_INTENT[intent_status]
    # A complete page takes no other card: what it was paid with has come back.
    if checkout_status == "complete" and intent_status == "requires_payment_method":
        return FAILED
    # A complete page whose intent is still processing is a method that settles later: wait for it.
    return CANCELLED if checkout_status == "expired" else PENDING


def is_settling(checkout_status: str, intent_status: str | None) -> bool:
    """Is a payment by a method that settles later under way?"""
    return checkout_status == "complete" and intent_status == "processing"


def refund_status_at_stripe(status: str) -> str:
    """Our word for a refund's status at Stripe; everything that is not settled is pending."""
    return _BY_REFUND.get(status, PENDING)


def tax_back(*, amount_cents: int, tax_cents: int, before_cents: int, before_tax_cents: int, cents: int) -> int:
    """The tax that goes back with `cents` of the price, given what went back before: with all of it, all the tax."""
    upto = before_cents + cents
    return max(split(tax_cents, [upto, amount_cents - upto])[0] - before_tax_cents, 0)


def tax_on(cents: int, *, amount_cents: int, tax_cents: int) -> int:
    """The tax that falls on `cents` of the price."""
    return split(tax_cents, [cents, amount_cents - cents])[0]


def tax_in(cents: int, *, amount_cents: int, tax_cents: int) -> int:
    """The tax in `cents` of what was paid in all, price and tax."""
    return split(cents, [amount_cents, tax_cents])[1]


def refundable_cents(status: str, amount_cents: int, refunded_cents: int) -> int:
    """What may still go back of a payment, given the refunds that did not fail."""
    return amount_cents - refunded_cents if status == PAID else 0


# A dispute's status only moves to the right, whatever order we hear of it in. An inquiry that is escalated becomes
# a dispute, a lost one may be appealed.
DISPUTE_WAY = (
    "warning_needs_response",
    "warning_under_review",
    "needs_response",
    "under_review",
    "lost",
    "appeal_needs_response",
    "appeal_under_review",
    "prevented",
    "warning_closed",
    "won",
)
WON, LOST = "won", "lost"
APPEALED = frozenset({"appeal_needs_response", "appeal_under_review"})
UNANSWERED = frozenset({"warning_needs_response", "needs_response"})
# Nothing was lost: what was held back goes its way again.
DROPPED = frozenset({"prevented", "warning_closed", WON})


def dispute_moves_on(known: str, told: str) -> bool:
    """Is what we are told as late as what we know, or later? An appeal that is lost is lost again."""
    if told == LOST and known in APPEALED:
        return True
    return DISPUTE_WAY.index(told) >= DISPUTE_WAY.index(known)


def holds_back(dispute_status: str) -> bool:
    """Is it open, so that what it is about may be lost still? An inquiry moves no money."""
    return dispute_status in {"needs_response", "under_review"}


def is_lost(dispute_status: str) -> bool:
    """Has the payer her money? While we appeal she has."""
    return dispute_status == LOST or dispute_status in APPEALED


def split_by_cover(amounts: Sequence[int], lost_cents: int) -> list[int]:
    """How much of each refund that was held back the bank gave back itself: of the oldest first, never more."""
    covered = []
    for amount in amounts:
        covered.append(min(amount, lost_cents))
        lost_cents -= covered[-1]
    return covered


def is_decided(dispute_status: str) -> bool:
    """Has the bank decided?"""
    return dispute_status in DROPPED or dispute_status == LOST
