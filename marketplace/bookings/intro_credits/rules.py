"""What a paid first session takes off the first full one, and until when. Pure."""

from datetime import datetime, timedelta

# Full sessions that are paid for without a time, in the words of the table of session credits: bought, or being bought.
UNPAID, LAPSED = "unpaid", "lapsed"
BOUGHT = frozenset({"open", "lost"})

CONTINUE_WITHIN = timedelta(days=14)


def credit_cents(*, intro_cents: int, price_cents: int, least_cents: int) -> int:
    """What is taken off a full price: what the intro cost, but so much is left to pay as a payment needs at least."""
    return max(0, min(intro_cents, price_cents - least_cents))


def counts_until(intro_ended_at: datetime) -> datetime:
    """Until when a full session has to be held so that the intro counts."""
    return intro_ended_at + CONTINUE_WITHIN


def counts(*, held: bool, refunded_cents: int, ended_at: datetime, now: datetime) -> bool:
    """Does an intro count now? It was held, nothing of it was refunded, and its days are not over."""
    return held and not refunded_cents and ended_at <= now < counts_until(ended_at)
