"""The mail that says what was paid or refunded, its number, and where the document is."""

from typing import Any

from marketplace import config
from marketplace.accounts.models import User
from marketplace.invoices import rules
from marketplace.invoices.models import Invoice
from marketplace.languages import Preferences, speaking
from marketplace.notifications.service import notify
from marketplace.payments.billing_parties.models import BillingParty


def issued(invoice: Invoice, buyer: User, party: BillingParty | None = None) -> None:
    """Tell the buyer, and whoever paid in their stead, once a document."""
    facts = _facts(invoice)
    with speaking(buyer.preferences):
        notify(
            buyer.email,
            template="invoice",
            key=f"invoice:{invoice.id}",
            name=buyer.name,
            paid_by="" if party is None else party.name,
            pdf_url=f"{config.current().public_url}/invoices/{invoice.id}.pdf",
            list_url=f"{config.current().public_url}/invoices",
            **facts,
        )
    if party is None or not party.email:
        return
    whose = {"paid_for": buyer.name, "reference": party.reference}
    with speaking(Preferences(party.locale or config.current().default_locale)):
        notify(
            party.email,
            template="invoice",
            key=f"receipt:{invoice.id}",
            name=party.name,
            paid_by="",
            pdf_url=receipt_url(invoice),
            list_url="",
            **facts | whose,
        )


def receipt_url(invoice: Invoice) -> str:
    """Where whoever paid in somebody's stead reads the document, without an account."""
    signature = rules.receipt_signature(invoice.id, key=config.current().secret_key)
    return f"{config.current().public_url}/receipts/{invoice.id}/{signature}"


def _facts(invoice: Invoice) -> dict[str, Any]:
    """What both read of it."""
    return {
        "kind": invoice.kind,
        "gross_cents": invoice.gross_cents,
        "tax_cents": invoice.tax_cents,
        "number": invoice.label,
        "seller": invoice.content["seller"]["name"],
        "lines": invoice.content["lines"],
        "currency": invoice.currency,
        "paid_for": "",
        "reference": "",
    }
