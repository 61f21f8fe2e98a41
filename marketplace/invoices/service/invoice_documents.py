"""Documents on paper and as rows of a table, from what is kept of them and nothing else."""

from typing import Any

from marketplace.accounts.models import User
from marketplace.branding import queries as branding
from marketplace.documents.csv_export import csv
from marketplace.documents.rendering import Document, DocumentColumn, DocumentParty, DocumentTable, pdf
from marketplace.files import queries as files
from marketplace.invoices import queries, rules
from marketplace.invoices.models import Invoice
from marketplace.languages import DEFAULT, Preferences, speaking
from marketplace.languages import gettext as _
from marketplace.money import plain, spoken
from marketplace.payments.billing_parties.rules import lines_of_address

LONGEST_TABLE = 50_000
COLUMNS = (
    "number",
    "kind",
    "issued_at",
    "seller",
    "seller_tax_id",
    "buyer",
    "buyer_tax_id",
    "currency",
    "net",
    "tax",
    "gross",
    "corrects",
    "id",
)


def pdf_of(invoice: Invoice, *, site_name: str) -> bytes:
    """The document as PDF, in the language in which it was written."""
    logo = branding.logo()
    picture = files.content(files.picture_file(logo.id, "large")) if logo is not None else None
    with speaking(Preferences(invoice.content.get("locale", DEFAULT))):
        return _pdf(invoice, site_name, picture)


def _pdf(invoice: Invoice, site_name: str, logo: bytes | None) -> bytes:
    title = _titled(invoice)
    return pdf(
        Document(
            title=title,
            dated=invoice.issued_at.date(),
            author=invoice.content["seller"]["name"],
            foot=title,
            parties=[_party(_("From"), invoice.content["seller"]), _party(_("To"), invoice.content["buyer"])],
            head=_head(invoice),
            tables=[_table(invoice)],
            notes=[*invoice.content["notes"], *_issuer(invoice, site_name)],
            logo=logo,
        )
    )


def _party(role: str, told: dict[str, str]) -> DocumentParty:
    tax_id = [_("Tax id %(id)s", id=told["tax_id"])] if told["tax_id"] else []
    return DocumentParty(role, [told["name"], *lines_of_address(told["address"]), *tax_id])


def _head(invoice: Invoice) -> list[tuple[str, str]]:
    head = [(_("Number"), invoice.label), (_("Date"), rules.dated(invoice.issued_at))]
    if invoice.corrects is not None:
        head.append((_("Belongs to"), _titled(invoice.corrects)))
    if reference := invoice.content["buyer"].get("reference"):
        head.append((_("Your reference"), reference))
    return head


def _titled(invoice: Invoice) -> str:
    return _("%(kind)s %(label)s", kind=rules.TITLES[invoice.kind], label=invoice.label)


def _table(invoice: Invoice) -> DocumentTable:
    """What was sold; tax stands only where there is some."""

    def amount(cents: int) -> str:
        return spoken(cents, invoice.currency)

    dates = any(line["when"] for line in invoice.content["lines"])
    rows = [
        [line["what"], *([line["when"]] if dates else []), amount(line["gross_cents"])]
        for line in invoice.content["lines"]
    ]
    columns = [
        DocumentColumn(_("What")),
        *([DocumentColumn(_("When"))] if dates else []),
        DocumentColumn(_("Amount"), amount=True),
    ]
    totals = [[_("In all"), amount(invoice.gross_cents)]]
    if invoice.tax_cents or invoice.content["tax_basis_points"]:
        rate = invoice.content["tax_basis_points"]
        called = _("Tax %(percent)s", percent=rules.percent(rate)) if rate else _("Tax")
        totals = [[_("Net"), amount(invoice.net_cents)], [called, amount(invoice.tax_cents)], *totals]
    return DocumentTable(columns=columns, rows=rows, totals=totals)


def _issuer(invoice: Invoice, site_name: str) -> list[str]:
    """Who made the document, where the seller did not."""
    if invoice.seller_id is None:
        return []
    return [
        _(
            "Issued by %(site)s in the name and on behalf of %(seller)s.",
            site=site_name,
            seller=invoice.content["seller"]["name"],
        )
    ]


def table_of(admin: User, **wanted: Any) -> str:
    """The documents of `queries.filtered` as a table, the oldest first, 50,000 at most."""
    wanted["limit"] = LONGEST_TABLE
    return csv(COLUMNS, [_row(invoice) for invoice in reversed(queries.filtered(admin, **wanted))])


def _row(invoice: Invoice) -> list[Any]:
    """The document as a row under COLUMNS.

    What is credited is negative, so that a column can be summed.
    """
    sign = -1 if invoice.kind == rules.CREDIT_NOTE else 1
    seller, buyer = invoice.content["seller"], invoice.content["buyer"]
    amounts = (sign * cents for cents in (invoice.net_cents, invoice.tax_cents, invoice.gross_cents))
    return [
        invoice.label,
        invoice.kind,
        invoice.issued_at.isoformat(),
        seller["name"],
        seller["tax_id"],
        buyer["name"],
        buyer["tax_id"],
        invoice.currency,
        *(plain(cents, invoice.currency) for cents in amounts),
        invoice.corrects.label if invoice.corrects is not None else "",
        invoice.id,
    ]
