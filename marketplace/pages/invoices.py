"""Documents of what one bought or sold, and how one is named on them."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import config
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.error_answers import status_of
from marketplace.errors import Invalid, NotFound, Outdated
from marketplace.http import actor
from marketplace.invoices import queries, rules
from marketplace.invoices.models import Invoice
from marketplace.invoices.schemas import InvoiceDetailsSchema
from marketplace.invoices.service import details as invoice_details
from marketplace.invoices.service import invoice_documents
from marketplace.languages import gettext as _
from marketplace.pages.arguments import id_argument
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.pages.responses import private

bp = Blueprint("invoices", __name__)

DETAILS = EditForm(InvoiceDetailsSchema, lambda: queries.details_of(actor().id))

PAGE = 20


@bp.get("/invoices")
@signed_in
def mine() -> ResponseReturnValue:
    """What one bought, or as a coach sold, page by page."""
    as_seller = request.args.get("as") == "coach"
    after = id_argument("after")
    found = queries.page_for(actor(), as_seller=as_seller, after=after, limit=PAGE + 1)
    side: dict[str, Any] = {"as": "coach"} if as_seller else {}
    return private(
        "invoices/mine.html",
        invoices=found[:PAGE],
        titles=rules.TITLES,
        as_seller=as_seller,
        is_coach=_is_coach(),
        start=url_for(".mine", **side) if after else None,
        more=url_for(".mine", after=found[PAGE - 1].id, **side) if len(found) > PAGE else None,
    )


@bp.get("/invoices/<uuid:invoice_id>.pdf")
@signed_in
def pdf(invoice_id: uuid.UUID) -> ResponseReturnValue:
    """One document; NotFound for strangers."""
    return as_pdf(queries.one(actor(), invoice_id))


def as_pdf(invoice: Invoice) -> Response:
    """A document as a browser shows it, and saves it under its number."""
    answer = Response(
        invoice_documents.pdf_of(invoice, site_name=config.current().site_name), mimetype="application/pdf"
    )
    answer.headers["Content-Disposition"] = f"inline; filename={invoice.label}.pdf"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/account/invoice-details")
@signed_in
def details() -> ResponseReturnValue:
    """How one is named on invoices."""
    version = DETAILS.version()
    return _details(InvoiceDetailsSchema().dump(queries.details_of(actor().id)), version=version)


@bp.post("/account/invoice-details")
@signed_in
def save_details() -> ResponseReturnValue:
    """Name it otherwise from now on."""
    try:
        given = load(InvoiceDetailsSchema())
        DETAILS.save(lambda: invoice_details.save_details(actor(), **given))
    except (Invalid, Outdated) as refusal:
        answer = _details(request.form, **told(refusal))
        answer.status_code = status_of(refusal)
        return answer
    flash(_("Saved. Invoices from now on say so."), "success")
    return redirect(url_for(".details"), 303)


def _details(typed: Any, **shown: Any) -> Response:
    return private("invoices/details.html", typed=typed, person=actor(), is_coach=_is_coach(), **shown)


def _is_coach() -> bool:
    try:
        coaches.profile_of(actor())
    except NotFound:
        return False
    return True
