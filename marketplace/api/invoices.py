"""/invoices: documents of what one bought or sold, how one is named on them; all for admins."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response

from marketplace import config
from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.resource import Resource
from marketplace.http import actor
from marketplace.invoices import queries
from marketplace.invoices.models import Invoice, InvoiceDetails
from marketplace.invoices.schemas import (
    InvoiceDetailsSchema,
    InvoiceFilterSchema,
    InvoiceListSchema,
    InvoicePageSchema,
    InvoiceSchema,
)
from marketplace.invoices.service import details as invoice_details
from marketplace.invoices.service import invoice_documents

bp = Resource("invoices_api", __name__, url_prefix="/api/v1", description="Invoices and credit notes")

DETAILS = Editable(InvoiceDetailsSchema, lambda: queries.details_of(actor().id))


@bp.get("/invoices")
@needs("read")
@bp.arguments(InvoicePageSchema, location="query")
@bp.response(200, InvoiceListSchema)
def list_invoices(page: dict[str, Any]) -> dict[str, Any]:
    """What you bought, or sold as a coach, the newest first."""
    chosen = {"as_seller": page["as_"] == "coach", "after": page["after"], "limit": page["limit"] + 1}
    return _page(queries.page_for(actor(), **chosen), page["limit"])


@bp.get("/invoices/<uuid:invoice_id>")
@needs("read")
@bp.response(200, InvoiceSchema)
def get_invoice(invoice_id: uuid.UUID) -> Invoice:
    """One document."""
    return queries.one(actor(), invoice_id)


@bp.get("/invoices/<uuid:invoice_id>.pdf")
@needs("read")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def get_invoice_pdf(invoice_id: uuid.UUID) -> Response:
    """The same on paper: the same bytes each time."""
    invoice = queries.one(actor(), invoice_id)
    return Response(invoice_documents.pdf_of(invoice, site_name=config.current().site_name), mimetype="application/pdf")


@bp.get("/me/invoice-details")
@needs("read")
@bp.response(200, InvoiceDetailsSchema)
@DETAILS.shown
def get_invoice_details() -> InvoiceDetails | None:
    """How you are named on invoices."""
    return queries.details_of(actor().id)


@bp.put("/me/invoice-details")
@needs("write")
@bp.arguments(InvoiceDetailsSchema)
@bp.response(200, InvoiceDetailsSchema)
@DETAILS.edited
def set_invoice_details(data: dict[str, Any]) -> InvoiceDetails:
    """Say how to be named on invoices from now on. Those that are issued stay as they are."""
    return invoice_details.save_details(actor(), **data)


@bp.get("/admin/invoices")
@needs("admin:read")
@bp.arguments(InvoiceFilterSchema, location="query")
@bp.response(200, InvoiceListSchema)
def list_all_invoices(wanted: dict[str, Any]) -> dict[str, Any]:
    """Everybody's documents of a period, the newest first."""
    limit = wanted.pop("limit")
    return _page(queries.filtered(actor(), **wanted, limit=limit + 1), limit)


@bp.get("/admin/invoices.csv")
@needs("admin:read")
@bp.arguments(InvoiceFilterSchema, location="query")
@bp.response(200, {"type": "string"}, content_type="text/csv")
def get_invoices_csv(wanted: dict[str, Any]) -> Response:
    """The documents of a period as a table, the oldest first.

    `after` and `limit` are passed over.
    """
    return Response(invoice_documents.table_of(actor(), **wanted | {"after": None}), mimetype="text/csv")


def _page(found: Sequence[Invoice], limit: int) -> dict[str, Any]:
    return {"items": found[:limit], "next_cursor": found[limit - 1].id if len(found) > limit else None}
