"""Commands on payments. Each asks Stripe outside any transaction and can be run again after any crash."""

from marketplace.payments.service.checkout import (
    CannotOpen,
    NotOurCheckout,
    abandon,
    adopt,
    prepare,
    release_authorization,
    start_checkout,
    sync,
    take_authorized,
)
from marketplace.payments.service.disputes import of_sessions, send_evidence, sync_dispute, tax_in
from marketplace.payments.service.held_back import cover, followed, uncover
from marketplace.payments.service.refunds import (
    NotOwed,
    RefundTooLarge,
    intend_refund,
    resume_refunds,
    retry_refund,
    send_refund,
    sync_refund,
)

__all__ = [
    "CannotOpen",
    "NotOurCheckout",
    "NotOwed",
    "RefundTooLarge",
    "abandon",
    "adopt",
    "cover",
    "followed",
    "intend_refund",
    "of_sessions",
    "prepare",
    "release_authorization",
    "resume_refunds",
    "retry_refund",
    "send_evidence",
    "send_refund",
    "start_checkout",
    "sync",
    "sync_dispute",
    "sync_refund",
    "take_authorized",
    "tax_in",
    "uncover",
]
