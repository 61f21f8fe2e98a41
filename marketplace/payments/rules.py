"""How a payment and a refund may move, and what Stripe's words mean for us."""

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

REFUND_NEXT: dict[str, frozenset[str]] = {
    INTENDED: frozenset({PENDING, SUCCEEDED, FAILED}),
    PENDING: frozenset({SUCCEEDED, FAILED}),
    # Stripe may still take back a success: the bank refused the money, and we owe it again.
    SUCCEEDED: frozenset({FAILED}),
    FAILED: frozenset(),
}

_BY_INTENT = {"succeeded": PAID, "requires_capture": AUTHORIZED, "canceled": CANCELLED}
_BY_REFUND = {"succeeded": SUCCEEDED, "failed": FAILED, "canceled": FAILED}


def status_at_stripe(checkout_status: str, intent_status: str | None) -> str:
    """Our word for where the money is. Under manual capture the intent decides, not the checkout page."""
    if intent_status in _BY_INTENT:
        return _BY_INTENT[intent_status]
    # A complete page whose intent is still processing is a method that settles later: wait for it.
    return CANCELLED if checkout_status == "expired" else PENDING


def refund_status_at_stripe(status: str) -> str:
    """Our word for a refund's status at Stripe; everything that is not settled is pending."""
    return _BY_REFUND.get(status, PENDING)


def refundable_cents(status: str, amount_cents: int, refunded_cents: int) -> int:
    """What may still go back of a payment, given the refunds that did not fail."""
    return amount_cents - refunded_cents if status == PAID else 0
