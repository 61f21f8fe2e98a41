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
from marketplace.payouts.service.lines import CarriedByAnother
from marketplace.payouts.service.printing import (
    statement_csv,
    statement_pdf,
    statement_rows,
    year_csv,
    year_pdf,
)
from marketplace.payouts.service.reversing import (
    AlreadyTakenBack,
    LeftChanged,
    LessIsLeft,
    NothingToTakeBack,
    retry_reversal,
    reverse_payout,
    send_reversal,
)
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
    propose_due,
    propose_run,
    retry_payout,
)
from marketplace.payouts.service.sending import resume_payouts, send_payout, sync_transfer
from marketplace.payouts.service.terms import NothingToAskFor, ask, choose_schedule

__all__ = [
    "AlreadyApproved",
    "AlreadyTakenBack",
    "AnotherIsOpen",
    "CarriedByAnother",
    "FourEyes",
    "LeftChanged",
    "LessIsLeft",
    "NoBank",
    "NotACoach",
    "NotOnHold",
    "NothingPayable",
    "NothingToAskFor",
    "NothingToCancel",
    "NothingToRetry",
    "NothingToTakeBack",
    "OnHoldAlready",
    "RunCancelled",
    "approve_run",
    "ask",
    "cancel_run",
    "choose_schedule",
    "connect_bank",
    "hold_coach",
    "onboarding",
    "propose_due",
    "propose_run",
    "refresh_account",
    "refresh_accounts",
    "release_coach",
    "resume_payouts",
    "retry_payout",
    "retry_reversal",
    "reverse_payout",
    "send_payout",
    "send_reversal",
    "statement_csv",
    "statement_pdf",
    "statement_rows",
    "sync_transfer",
    "year_csv",
    "year_pdf",
]
