"""Everybody's invoices and credit notes: a list with filters, and a period as a table."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace.authentication.access import admin_only
from marketplace.documents.rendering import letters_without_font
from marketplace.error_answers import invalid
from marketplace.errors import Invalid
from marketplace.http import actor
from marketplace.invoices import queries, rules
from marketplace.invoices.schemas import InvoiceFilterSchema
from marketplace.invoices.service import invoice_documents

bp = Blueprint("admin_invoices", __name__, url_prefix="/admin")


@bp.get("/invoices")
@admin_only
def browse() -> ResponseReturnValue:
    """The documents that fit, the newest first."""
    try:
        wanted, errors = _wanted(), {}
    except Invalid as refusal:
        wanted, errors = {}, refusal.fields
    limit = wanted.pop("limit", 0)
    found = queries.filtered(actor(), **wanted, limit=limit + 1) if not errors else []
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("from", "to", "kind", "about") if request.args.get(name)
    }
    page = render_template(
        "admin/invoices.html",
        invoices=found[:limit],
        without_font=letters_without_font(str([invoice.content for invoice in found[:limit]])),
        titles=rules.TITLES,
        typed=request.args,
        kept=kept,
        errors=errors,
        start=url_for(".browse", **kept) if wanted.get("after") else None,
        more=url_for(".browse", after=found[limit - 1].id, **kept) if len(found) > limit else None,
    )
    return page, 422 if errors else 200


@bp.get("/invoices.csv")
@admin_only
def table() -> ResponseReturnValue:
    """The same as a table for a spreadsheet, the oldest first."""
    wanted = _wanted() | {"after": None}
    headers = {"Content-Disposition": "attachment; filename=invoices.csv"}
    return Response(invoice_documents.table_of(actor(), **wanted), mimetype="text/csv", headers=headers)


def _wanted() -> dict[str, Any]:
    """What the address asks for; raises Invalid."""
    try:
        # A field of the form that was left blank asks for nothing.
        wanted: dict[str, Any] = InvoiceFilterSchema().load(
            {name: typed for name, typed in request.args.items() if typed}
        )
    except ValidationError as error:
        raise invalid(error.messages) from error
    return wanted
