"""Payment methods: of payments, of a test card's token or of a test bank account."""

from typing import Any

from stripe.params import PaymentMethodCreateParams, PaymentMethodRetrieveParams

from .. import bank_debits, charge_creation
from ..api import Call, endpoint
from ..box import Sandbox
from ..cards import METHODS, Card, card_of
from ..errors import StripeError, missing
from ..shapes import Obj

KIND = "payment_method"
Means = Card | bank_debits.DebitAccount


@endpoint("GET", "/v1/payment_methods/<method_id>", PaymentMethodRetrieveParams)
def retrieve(call: Call, method_id: str) -> Obj:
    """One payment method."""
    return call.need(KIND, method_id)


@endpoint(
    "POST",
    "/v1/payment_methods",
    PaymentMethodCreateParams,
    "type card.token sepa_debit.iban billing_details metadata",
)
def create(call: Call) -> Obj:
    """Make one of `card[token]=tok_visa` and its like, or of a test account's `sepa_debit[iban]`."""
    given = call.params
    kind = given.get("type")
    if kind not in ("card", "sepa_debit"):
        raise StripeError("The sandbox plays type=card and type=sepa_debit only.", param="type")
    means = _card(given) if kind == "card" else _bank(given)
    return keep(call.box, means, call.account, billing=given.get("billing_details"), metadata=given.get("metadata"))


def keep(
    box: Sandbox, means: Means, account: str, *, billing: Obj | None = None, metadata: dict[str, str] | None = None
) -> Obj:
    """Keep a payment method of that card or bank account."""
    kind, details = charge_creation.method_of_card(means) if isinstance(means, Card) else bank_debits.method_of(means)
    return charge_creation.keep_method(
        box, kind, details, account, billing, metadata=metadata or {}, _number=means.number
    )


def named(box: Sandbox, name: str, account: str) -> tuple[Obj, Means]:
    """The payment method of that id or `pm_card_…` name, and what it draws on."""
    method = box.store.get(KIND, name, account)
    if method is None:
        card = card_of(name)
        if card not in METHODS.values():
            raise missing(KIND, name, "payment_method", 400)
        return keep(box, card, account), card
    number = str(method["_number"])
    return method, bank_debits.ACCOUNTS.get(number) or card_of(number)


def _card(given: dict[str, Any]) -> Card:
    token = given.get("card", {}).get("token", "")
    card = card_of(token.replace("tok_", "pm_card_", 1))
    if card not in METHODS.values():
        raise missing("token", token, "card[token]", 400)
    return card


def _bank(given: dict[str, Any]) -> bank_debits.DebitAccount:
    iban = given.get("sepa_debit", {}).get("iban", "").replace(" ", "")
    bank = bank_debits.ACCOUNTS.get(iban)
    if bank is None or bank.currency != "eur":
        raise StripeError(
            "The IBAN is none of the sandbox's test accounts.",
            code="invalid_bank_account_iban",
            param="sepa_debit[iban]",
        )
    return bank
