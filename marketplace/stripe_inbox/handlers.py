"""Which event calls which command. Each reads the object at Stripe anew, in any order.

A handler answers a note for people where nothing was to be done, else None; it raises for the queue to try again.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from marketplace import payment_subjects
from marketplace.errors import NotFound
from marketplace.languages import lazy_gettext as _l
from marketplace.payments import queries as payment_queries
from marketplace.payments.service import checkout_pages, checkouts, refunds
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payments.stripe_gateway import client as stripe_client
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payments.stripe_gateway.refusals import Kind
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.service import bank_account_changes, bank_accounts
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.stripe_inbox import rules

Event = Mapping[str, Any]
Handler = Callable[[Event], str | None]

# What is noted on an event is kept as it is here, and looked up when it is read.
NOT_OURS = _l("Not about anything of ours.").message
NOT_HANDLED = _l("We do nothing about events of this type.").message
NOT_ASKED = _l("A refund that we did not ask for: reconciliation names it.").message
UNKNOWN = _l("Stripe does not know this any more: %(reason)s").message


def _payment_of(event: Event) -> uuid.UUID | None:
    """Our payment behind a checkout session, intent or charge: by metadata, else by its id."""
    try:
        return payment_queries.one(uuid.UUID(str(rules.metadata_of(event).get("payment_id")))).id
    except (ValueError, NotFound):
        found = rules.object_of(event)
        intent_id = found.get("payment_intent") or found.get("id")
        payment = payment_queries.by_intent(str(intent_id)) or payment_queries.by_charge(str(found.get("id")))
        return payment.id if payment else None


def _checkout(event: Event) -> str | None:
    payment_id = _payment_of(event)
    if payment_id is None:
        return NOT_OURS
    checkout_pages.adopt(payment_id, str(rules.object_id(event)))
    _payment_changed(payment_id)
    return None


def _payment(event: Event) -> str | None:
    payment_id = _payment_of(event)
    if payment_id is None:
        return NOT_OURS
    _payment_changed(payment_id)
    return None


def _payment_changed(payment_id: uuid.UUID) -> None:
    checkouts.sync(payment_id)
    payment_subjects.payment_changed(str(payment_id))


def _charge_refunded(event: Event) -> str | None:
    payment_id = _payment_of(event)
    if payment_id is None:
        return NOT_OURS
    _payment_changed(payment_id)
    intent_id = payment_queries.one(payment_id).intent_id
    for refund in stripe_checkouts.refunds_of(intent_id) if intent_id else []:
        refunds.sync_refund(refund.id, refund.refund_id)
    return None


def _refund(event: Event) -> str | None:
    stripe_id, refund_id = str(rules.object_id(event)), str(rules.metadata_of(event).get("refund_id"))
    if payment_queries.refund_by_stripe_id(stripe_id) is None and not _is_refund(refund_id):
        return NOT_ASKED
    refunds.sync_refund(stripe_id, refund_id)
    return None


def _is_refund(refund_id: str) -> bool:
    try:
        payment_queries.refund(uuid.UUID(refund_id))
    except (ValueError, NotFound):
        return False
    return True


def _dispute(event: Event) -> str | None:
    dispute_id = str(rules.object_id(event))
    payment_id = payment_disputes.sync_dispute(dispute_id)
    if payment_id is None:
        return NOT_OURS
    _payment_changed(payment_id)
    payment_subjects.dispute_changed(dispute_id)
    return None


def _transfer(event: Event) -> str | None:
    return None if payout_transfers.sync_transfer(str(rules.object_id(event))) else NOT_OURS


def _account(event: Event) -> str | None:
    try:
        bank_accounts.refresh_account(str(event.get("account") or rules.object_id(event)))
    except NotFound:
        return NOT_OURS
    return None


def _account_paid_to(event: Event) -> str | None:
    """Stripe pays a coach to another bank account than before: a new one, another one is the first now, or to none."""
    paid_to, account_id = rules.object_of(event), str(event.get("account"))
    if str(event["type"]).endswith(".deleted"):
        return _account_not_paid_to(event)
    is_first = paid_to.get("default_for_currency") and "default_for_currency" in rules.changed_in(event)
    if str(event["type"]).endswith(".created") or is_first:
        bank_account_changes.note_account(
            account_id,
            bank_id=str(paid_to.get("id")),
            last4=_last4(paid_to),
            since=int(event.get("created") or 0),
        )
    return _account(event)


def _last4(paid_to: Mapping[str, Any]) -> str:
    return str(paid_to.get("last4") or "")[:4]


def _account_not_paid_to(event: Event) -> str | None:
    """A bank account was removed: what comes first at Stripe now is read there, if anything does."""
    removed, account_id = rules.object_of(event), str(event.get("account"))
    if bank_account_queries.account(account_id) is None:
        return NOT_OURS
    left = stripe_connect.paid_out_to(account_id)
    if left and left[0].is_first:
        first, since = left[0], int(event.get("created") or 0)
        bank_account_changes.note_account(account_id, bank_id=first.id, last4=first.last4[:4], since=since)
    else:
        bank_account_changes.note_removal(account_id, bank_id=str(removed.get("id")), last4=_last4(removed))
    return _account(event)


# The first beginning that fits decides.
ON_OUR_ACCOUNT: list[tuple[str, Handler]] = [
    ("checkout.session.", _checkout),
    ("payment_intent.", _payment),
    ("charge.dispute.", _dispute),
    ("charge.refund.", _refund),
    ("charge.refunded", _charge_refunded),
    ("charge.", _payment),
    ("refund.", _refund),
    ("transfer.", _transfer),
    ("v2.core.account", _account),
]
ON_A_COACHS_ACCOUNT: list[tuple[str, Handler]] = [
    ("account.external_account.", _account_paid_to),
    ("account.", _account),
    ("capability.", _account),
    ("payout.", _account),
]


def handle(event: Event) -> str | None:
    """Do what the event asks for."""
    # A connected account's own charges and transfers are none of ours, whatever their types.
    table = ON_A_COACHS_ACCOUNT if event.get("account") else ON_OUR_ACCOUNT
    kind = str(event["type"])
    handler = next((handler for beginning, handler in table if kind.startswith(beginning)), None)
    if handler is None:
        return NOT_HANDLED
    try:
        return handler(event)
    except stripe_client.GatewayRefused as refusal:
        if refusal.kind != Kind.MISSING:
            raise
        return str(UNKNOWN) % {"reason": refusal.words}
