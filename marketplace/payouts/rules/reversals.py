"""What of a paid payout can be reversed, and why Stripe did not."""

from marketplace.payouts.rules import reasons
from marketplace.payouts.rules.reasons import Reason

# Stripe's codes where the connected account has less than is to be reversed.
_SPENT = frozenset({"balance_insufficient", "insufficient_funds"})


def reason_not_reversed(code: str, sentence: str) -> Reason:
    """Why Stripe did not take a transfer back: by a code that we know, or in its own `sentence`."""
    return Reason(reasons.BALANCE_SPENT) if code in _SPENT else reasons.in_words(reasons.STRIPE_SAID, sentence)


def left_to_reverse(amount_cents: int, *, reversed_cents: int, intended_cents: int) -> int:
    """What of a payout can still be reversed, in cents: neither reversed nor about to be."""
    return max(amount_cents - reversed_cents - intended_cents, 0)
