"""What payments pay for, sessions, credits and written answers: each follows its payment.

Whoever is told of a payment that pays for another thing does nothing, so all are told of each.
"""

from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.payment_outcomes import service as bookings
from marketplace.session_credits.service import disputes as credit_disputes
from marketplace.session_credits.service import payment_outcomes as credits
from marketplace.written_answers.service import deliveries, earnings, follow_ups, reports
from marketplace.written_answers.service import disputes as answer_disputes
from marketplace.written_answers.service import payment_outcomes as written_answers


def payment_changed(payment_id: str) -> None:
    """Apply a payment's present status to what it pays for."""
    bookings.payment_changed(payment_id)
    written_answers.payment_changed(payment_id)
    credits.payment_changed(payment_id)


def dispute_changed(stripe_id: str) -> None:
    """Apply a dispute's present status to what its payment pays for."""
    booking_disputes.dispute_changed(stripe_id)
    answer_disputes.dispute_changed(stripe_id)
    credit_disputes.dispute_changed(stripe_id)


def settle_payment(payment_id: str) -> None:
    """Read a payment at Stripe and apply its status."""
    bookings.settle_payment(payment_id)
    written_answers.payment_changed(payment_id)
    credits.payment_changed(payment_id)


def abandon_payment(payment_id: str) -> None:
    """Close a payment's page at Stripe, and apply its status in case somebody has just paid."""
    bookings.abandon_payment(payment_id)
    written_answers.payment_changed(payment_id)
    credits.payment_changed(payment_id)


def capture_payment(payment_id: str) -> None:
    """Capture an authorised payment that is wanted."""
    bookings.capture_payment(payment_id)
    written_answers.payment_changed(payment_id)
    credits.payment_changed(payment_id)


def release_authorization(payment_id: str) -> None:
    """Cancel an authorisation that nothing needs any more."""
    bookings.release_authorization(payment_id)
    written_answers.payment_changed(payment_id)
    credits.payment_changed(payment_id)


def settle_payments() -> int:
    """Enqueue payments of all subjects whose message or capture job may be lost; returns how many."""
    return bookings.settle_payments()


def settle_written_answers() -> None:
    """Do what is due of written answers: ends, reminders, reports, earnings. Safe to run twice."""
    deliveries.settle_written_answers()
    follow_ups.remind_of_follow_ups()
    reports.settle_reports()
    earnings.release_answer_earnings()
