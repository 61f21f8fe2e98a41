"""Commands on payments. Each asks Stripe outside any transaction and can be run again after any crash."""

from marketplace.payments.service.checkout import (
    NotOurCheckout,
    abandon,
    adopt,
    dispute_closed,
    mark_disputed,
    prepare,
    release_authorization,
    start_checkout,
    sync,
    take_authorized,
)
from marketplace.payments.service.refunds import (
    RefundTooLarge,
    intend_refund,
    resume_refunds,
    send_refund,
    sync_refund,
)

__all__ = [
    "NotOurCheckout",
    "RefundTooLarge",
    "abandon",
    "adopt",
    "dispute_closed",
    "intend_refund",
    "mark_disputed",
    "prepare",
    "release_authorization",
    "resume_refunds",
    "send_refund",
    "start_checkout",
    "sync",
    "sync_refund",
    "take_authorized",
]
