"""The mail that says what was paid or refunded, its number, and where the document is."""

from marketplace import config
from marketplace.accounts.models import User
from marketplace.invoices.models import Invoice
from marketplace.languages import speaking
from marketplace.notifications.service import notify


def issued(invoice: Invoice, buyer: User) -> None:
    """Tell the buyer, once a document."""
    with speaking(buyer.preferences):
        notify(
            buyer.email,
            template="invoice",
            key=f"invoice:{invoice.id}",
            name=buyer.name,
            kind=invoice.kind,
            gross_cents=invoice.gross_cents,
            tax_cents=invoice.tax_cents,
            number=invoice.label,
            seller=invoice.content["seller"]["name"],
            lines=invoice.content["lines"],
            currency=invoice.currency,
            pdf_url=f"{config.current().public_url}/invoices/{invoice.id}.pdf",
            list_url=f"{config.current().public_url}/invoices",
        )
