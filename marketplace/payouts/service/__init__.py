"""Commands on payouts: a coach's bank, runs and their approval, sending and what Stripe says of it."""

from marketplace.payouts.service.bank import (
    NoBank,
    NotACoach,
    connect_bank,
    onboarding,
    refresh_account,
    refresh_accounts,
)
from marketplace.payouts.service.holds import NotOnHold, OnHoldAlready, hold_coach, release_coach
from marketplace.payouts.service.runs import (
    AlreadyApproved,
    AnotherIsOpen,
    FourEyes,
    NothingPayable,
    NothingToCancel,
    NothingToRetry,
    RunCancelled,
    approve_run,
    cancel_run,
    propose_run,
    retry_payout,
)
from marketplace.payouts.service.sending import resume_payouts, send_payout, sync_transfer

__all__ = [
    "AlreadyApproved",
    "AnotherIsOpen",
    "FourEyes",
    "NoBank",
    "NotACoach",
    "NotOnHold",
    "NothingPayable",
    "NothingToCancel",
    "NothingToRetry",
    "OnHoldAlready",
    "RunCancelled",
    "approve_run",
    "cancel_run",
    "connect_bank",
    "hold_coach",
    "onboarding",
    "propose_run",
    "refresh_account",
    "refresh_accounts",
    "release_coach",
    "resume_payouts",
    "retry_payout",
    "send_payout",
    "sync_transfer",
]
