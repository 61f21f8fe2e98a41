"""Commands on documents: made by jobs from what the books say, printed at any time, alike each time."""

from marketplace.invoices.service.details import save_details
from marketplace.invoices.service.fees import issue_fee_invoices
from marketplace.invoices.service.issuing import issue_invoices, issue_missing
from marketplace.invoices.service.printing import pdf_of, table_of

__all__ = [
    "issue_fee_invoices",
    "issue_invoices",
    "issue_missing",
    "pdf_of",
    "save_details",
    "table_of",
]
