"""Is what was taken for a quote bought, or let go for good?"""

from marketplace.asks.quotes import rules
from marketplace.asks.quotes.models import Quote
from marketplace.bookings import rules as booking_rules
from marketplace.payments import rules as payment_rules
from marketplace.session_credits import rules as credit_rules
from marketplace.written_answers import rules as answer_rules

CALLED_OFF = booking_rules.CALLED_OFF | answer_rules.CALLED_OFF | credit_rules.CALLED_OFF


def is_taken(found: Quote) -> bool:
    """Is the session booked, or is the answer to be written?"""
    if found.written_answer is not None:
        return found.written_answer.ordered_at is not None
    if found.credit is not None:
        return found.credit.paid_at is not None
    return found.booking is not None and found.booking.confirmed_at is not None


def gave_up(found: Quote) -> bool:
    """Was what was taken let go, and can nobody pay for it any more?"""
    taken = found.booking or found.written_answer or found.credit
    if taken is None:
        return False
    status = taken.payment.status if taken.payment is not None else None
    return rules.gave_up(
        called_off=taken.status in CALLED_OFF,
        refunded=taken.refunded_cents > 0,
        payment_open=status in payment_rules.UNDECIDED,
        paid=status == payment_rules.PAID,
    )
