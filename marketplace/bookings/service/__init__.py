"""Commands on bookings: holding, paying, settling what Stripe says, ending, releasing what was earned."""

from marketplace.bookings.service.earning import complete, complete_sessions, release, release_earnings
from marketplace.bookings.service.ending import (
    QuoteChanged,
    approve,
    cancel,
    decline,
    quote_cancellation,
)
from marketplace.bookings.service.holding import (
    HoldLapsed,
    NotConfirmed,
    NotOffered,
    OwnTime,
    SlotTaken,
    TooManyHolds,
    current_fee,
    current_policy,
    expire_hold,
    expire_holds,
    hold,
    pay,
)
from marketplace.bookings.service.inviting import session_file
from marketplace.bookings.service.settling import (
    abandon_payment,
    capture_payment,
    lapse_requests,
    payment_changed,
    release_authorization,
    settle_payment,
    settle_payments,
)
from marketplace.bookings.service.writing_back import write_sessions

__all__ = [
    "HoldLapsed",
    "NotConfirmed",
    "NotOffered",
    "OwnTime",
    "QuoteChanged",
    "SlotTaken",
    "TooManyHolds",
    "abandon_payment",
    "approve",
    "cancel",
    "capture_payment",
    "complete",
    "complete_sessions",
    "current_fee",
    "current_policy",
    "decline",
    "expire_hold",
    "expire_holds",
    "hold",
    "lapse_requests",
    "pay",
    "payment_changed",
    "quote_cancellation",
    "release",
    "release_authorization",
    "release_earnings",
    "session_file",
    "settle_payment",
    "settle_payments",
    "write_sessions",
]
