"""How payments, refunds and disputes may move, and what Stripe's words mean for us."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l
from marketplace.money import split
from marketplace.states import StateMachine

PENDING, AUTHORIZED, PAID, CANCELLED, FAILED = "pending", "authorized", "paid", "cancelled", "failed"

# A status never moves backwards, whatever order Stripe's messages come in.
PAYMENT_STATES = StateMachine(
    "payment",
    frozenset({PENDING}),
    {
        PENDING: frozenset({AUTHORIZED, PAID, CANCELLED, FAILED}),
        AUTHORIZED: frozenset({PAID, CANCELLED, FAILED}),
        PAID: frozenset(),
        CANCELLED: frozenset(),
        FAILED: frozenset(),
    },
)
# The payer or the bank may still decide.
UNDECIDED = PAYMENT_STATES.before(PAID)
# No money comes any more.
LAPSED = frozenset({CANCELLED, FAILED})

INTENDED, SUCCEEDED = "intended", "succeeded"
# On hold while a bank decides a dispute; covered when the bank itself paid that money to the payer.
HELD, COVERED = "held", "covered"

REFUND_STATES = StateMachine(
    "refund",
    frozenset({INTENDED, HELD}),
    {
        INTENDED: frozenset({PENDING, SUCCEEDED, FAILED, HELD}),
        HELD: frozenset({INTENDED, COVERED}),
        # An appeal took the bank's decision back, so the refund is owed again.
        COVERED: frozenset({INTENDED}),
        PENDING: frozenset({SUCCEEDED, FAILED}),
        # Stripe may still take back a success: the bank refused the money, and we owe it again.
        SUCCEEDED: frozenset({FAILED}),
        FAILED: frozenset(),
    },
)
# Not sent by us and not on its way: it does not count as refunded.
NOT_REFUNDED = (FAILED, COVERED)
# Stripe's answer, or its final one, is still to come.
UNSETTLED_REFUNDS = (INTENDED, PENDING)
SETTLED_REFUNDS = (SUCCEEDED, COVERED, FAILED)
# What a lost dispute pays before anything else.
PAID_BY_DISPUTE = (HELD, COVERED)

# A refund that failed is sent again under a key that names it; so is what a bank left of one that was on hold.
AGAIN, REST = "again:", "rest:"
# Stripe's code where the payer has turned to the bank: nothing is refunded until that is decided.
IS_DISPUTED = "charge_disputed"

# A payment that Stripe does not know may be one of another account, whose key is set again tomorrow.
MISSING_ASKED_EVERY = timedelta(hours=1)
# A refund that failed here and moved at Stripe after all is looked for so long.
FAILED_ASKED_FOR = timedelta(days=30)
# Stripe books what was paid within moments; from then on it is asked rarely what that came to.
SETTLED_WITHIN = timedelta(hours=1)

# Stripe refuses a page that closes in less than 30 minutes or more than a day; the rest is for clocks that differ.
SHORTEST_PAGE, LONGEST_PAGE = timedelta(minutes=31), timedelta(hours=23)

_BY_INTENT = {"succeeded": PAID, "requires_capture": AUTHORIZED, "canceled": CANCELLED}
_BY_REFUND = {"succeeded": SUCCEEDED, "failed": FAILED, "canceled": FAILED}


class Reopenable(Protocol):
    """What can be paid until an instant; None: on one page only."""

    status: Any
    payable_until: Any


def page_ends(now: datetime, payable_until: datetime) -> datetime:
    """When a page to pay on closes that is opened now: what is payable for longer needs another after it."""
    return min(payable_until + SHORTEST_PAGE, now + LONGEST_PAGE)


def may_reopen(payment: Reopenable, now: datetime) -> bool:
    """May another page follow the one that ended unpaid?"""
    return payment.status == PENDING and payment.payable_until is not None and bool(now < payment.payable_until)


def status_at_stripe(checkout_status: str, intent_status: str | None) -> str:
    """Our word for where the money is.

    Under manual capture the intent decides, not the checkout page.
    """
    if intent_status in _BY_INTENT:
        return _BY_INTENT[intent_status]
    # A complete page takes no other card: what it was paid with has come back.
    if checkout_status == "complete" and intent_status == "requires_payment_method":
        return FAILED
    # A complete page whose intent is still processing is a method that settles later: wait for it.
    return CANCELLED if checkout_status == "expired" else PENDING


def is_settling(checkout_status: str, intent_status: str | None) -> bool:
    """Is a payment by a method that settles later under way?

    A debit is `processing`; a voucher that is to be paid at a till or by a transfer `requires_action` until then.
    """
    return checkout_status == "complete" and intent_status in {"processing", "requires_action"}


def refund_status_at_stripe(status: str) -> str:
    """Our word for a refund's status at Stripe; everything that is not settled is pending."""
    return _BY_REFUND.get(status, PENDING)


def tax_back(*, amount_cents: int, tax_cents: int, before_cents: int, before_tax_cents: int, cents: int) -> int:
    """The tax refunded with `cents` of the price, given what was refunded before it, in cents."""
    upto = before_cents + cents
    return max(split(tax_cents, [upto, amount_cents - upto])[0] - before_tax_cents, 0)


def tax_on(cents: int, *, amount_cents: int, tax_cents: int) -> int:
    """The tax that falls on `cents` of the price."""
    return split(tax_cents, [cents, amount_cents - cents])[0]


def tax_in(cents: int, *, amount_cents: int, tax_cents: int) -> int:
    """The tax in `cents` of what was paid in all, price and tax."""
    return split(cents, [amount_cents, tax_cents])[1]


def refundable_cents(status: str, amount_cents: int, refunded_cents: int) -> int:
    """What may still be refunded of a payment in cents, given the refunds that did not fail."""
    return amount_cents - refunded_cents if status == PAID else 0


# Stripe's words, in the order in which they may follow one another: a dispute moves to the right only, whatever order
# we hear of it in. An inquiry that is escalated becomes a dispute; a lost one may be appealed, and lost again.
_DISPUTE_ORDER = (
    "warning_needs_response",
    "warning_under_review",
    "needs_response",
    "under_review",
    "lost",
    "appeal_needs_response",
    "appeal_under_review",
    "prevented",
    "warning_closed",
    "won",
)
WON, LOST = "won", "lost"
APPEALED = frozenset({"appeal_needs_response", "appeal_under_review"})
DISPUTE_STATES = StateMachine(
    "dispute",
    frozenset(_DISPUTE_ORDER),
    {
        known: frozenset((*_DISPUTE_ORDER[place + 1 :], *((LOST,) if known in APPEALED else ())))
        for place, known in enumerate(_DISPUTE_ORDER)
    },
)
NEEDS_RESPONSE = frozenset({"warning_needs_response", "needs_response"})
# Evidence is asked for or looked at; an inquiry moves no money.
OPEN_DISPUTES = frozenset({"needs_response", "under_review"})
# The payer has the money: also while we appeal.
LOST_DISPUTES = frozenset({*APPEALED, LOST})
# The bank gave the money back, or did not take it.
WON_DISPUTES = frozenset({"prevented", WON})
# Nothing was lost: what was on hold goes its way again.
CLOSED_WITHOUT_LOSS = frozenset({"warning_closed", *WON_DISPUTES})
# The bank has decided.
DECIDED_DISPUTES = frozenset({*CLOSED_WITHOUT_LOSS, LOST})


def is_news(known: str, told: str) -> bool:
    """Is what Stripe tells of a dispute as late as what we know, or later?"""
    return told == known or DISPUTE_STATES.allows(known, told)


def split_loss(refunds: Sequence[int], lost_cents: int) -> list[int]:
    """How many cents of each refund on hold a lost dispute pays, the oldest first."""
    paid = []
    for cents in refunds:
        paid.append(min(cents, lost_cents))
        lost_cents -= paid[-1]
    return paid


# Why Stripe says that a refund failed or waits (docs.stripe.com/refunds, `failure_reason` and `pending_reason`).
REFUND_FAILURES = {
    "charge_for_pending_refund_disputed": _l("The payer's bank has opened a dispute about the payment."),
    "charge_pending": _l("The payment itself has not arrived yet."),
    "declined": _l("The payer's bank declined it."),
    "expired_or_canceled_card": _l("The card has expired or was cancelled."),
    "insufficient_funds": _l("Our balance at the payment provider does not cover it."),
    "lost_or_stolen_card": _l("The card was reported as lost or stolen."),
    "merchant_request": _l("It was stopped at our own request."),
    "processing": _l("The payer's bank has not taken it yet."),
    "unknown": _l("The payer's bank gave no reason."),
}


def refund_failure_told(failure: str | None) -> str:
    """Why a refund failed, as its reader has it: a sentence for Stripe's codes, Stripe's own words as they are."""
    return str(REFUND_FAILURES.get(failure or "", failure or ""))


# Why an attempt to pay failed, by the codes of Stripe's that say more than no (docs.stripe.com/declines/codes and
# docs.stripe.com/error-codes). Stripe asks that a lost, stolen or suspicious card is not told apart from any other no.
_PAYMENT_FAILURES: tuple[tuple[str, LazyText], ...] = (
    ("insufficient_funds", _l("There is not enough money in the account.")),
    ("expired_card", _l("The card has expired.")),
    ("incorrect_cvc invalid_cvc", _l("The card's security code is not right.")),
    ("incorrect_number invalid_number", _l("The card's number is not right.")),
    ("invalid_expiry_month invalid_expiry_year", _l("The card's expiry date is not right.")),
    ("incorrect_zip incorrect_address", _l("The address is not the one that the bank knows.")),
    (
        "card_velocity_exceeded withdrawal_count_limit_exceeded charge_exceeds_source_limit "
        "charge_exceeds_weekly_limit charge_exceeds_transaction_limit",
        _l("It is more than the card or the account may pay at present."),
    ),
    (
        "card_not_supported currency_not_supported invalid_currency transaction_not_allowed not_permitted "
        "service_not_allowed bank_account_unusable bank_account_restricted debit_not_authorized "
        "sepa_unsupported_account",
        _l("This card or account cannot be used for this payment."),
    ),
    (
        "authentication_required authentication_not_handled payment_intent_authentication_failure "
        "offline_pin_required online_or_offline_pin_required incorrect_pin invalid_pin",
        _l("The payment was not confirmed with the bank."),
    ),
    (
        "processing_error try_again_later issuer_not_available reenter_transaction approve_with_id "
        "generic_could_not_process payment_method_provider_timeout",
        _l("The bank could not process it at present."),
    ),
    ("account_closed", _l("The bank account is closed.")),
    ("no_account account_number_invalid", _l("The bank does not know the account.")),
    ("payment_intent_payment_attempt_expired", _l("It was not paid in time.")),
)
PAYMENT_FAILURES = {code: sentence for codes, sentence in _PAYMENT_FAILURES for code in codes.split()}
PAYMENT_DECLINED = _l("The bank declined the payment.")


def payment_failure_told(code: str | None) -> LazyText:
    """Why an attempt to pay failed, in our words for Stripe's `code`; of others, that the bank declined it."""
    return PAYMENT_FAILURES.get(code or "", PAYMENT_DECLINED)
