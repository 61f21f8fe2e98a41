"""The mail that says what was paid or refunded, its number, and where the document is."""

from marketplace import config
from marketplace.accounts.models import User
from marketplace.invoices import rules
from marketplace.invoices.models import Invoice
from marketplace.money import spoken
from marketplace.notifications.service import notify

SUBJECTS = {
    rules.INVOICE: "{amount} paid: invoice {label}",
    rules.CREDIT_NOTE: "{amount} refunded: credit note {label}",
    rules.REVERSAL: "{amount} did not reach you: {label}",
}


def issued(invoice: Invoice, buyer: User) -> None:
    """Tell the buyer, once a document."""
    amount = spoken(invoice.gross_cents, invoice.currency)
    notify(
        buyer.email,
        subject=SUBJECTS[invoice.kind].format(amount=amount, label=invoice.label),
        template="invoice",
        key=f"invoice:{invoice.id}",
        name=buyer.name,
        kind=invoice.kind,
        amount=amount,
        tax=spoken(invoice.tax_cents, invoice.currency) if invoice.tax_cents else "",
        number=invoice.label,
        seller=invoice.content["seller"]["name"],
        lines=invoice.content["lines"],
        currency=invoice.currency,
        pdf_url=f"{config.current().public_url}/invoices/{invoice.id}.pdf",
        list_url=f"{config.current().public_url}/invoices",
    )
