"""Who pays a quote: the asker's page, and the payer's link, which needs no account."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.asks.payers import queries, rules
from marketplace.asks.payers.models import QuotePayer
from marketplace.asks.payers.queries import LinkWithdrawn
from marketplace.asks.payers.schemas import NamedSchema, PayingSchema, PurposeSchema, QuotePayerSchema
from marketplace.asks.payers.service import links, paying
from marketplace.authentication.access import signed_in
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, Outdated, Unavailable
from marketplace.http import actor, viewer
from marketplace.invoices import queries as invoices
from marketplace.invoices import rules as invoice_rules
from marketplace.invoices.service.notifications import receipt_url
from marketplace.languages import gettext as _
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.pages.invoices import as_pdf
from marketplace.pages.responses import private
from marketplace.payments.stripe_gateway.client import GatewayRefused
from marketplace.policies import queries as policies
from marketplace.request_limits import costs

bp = Blueprint("payers", __name__)

P = ParamSpec("P")
FIELDS = ("name", "address", "tax_id", "reference", "email")


def _payer(quote_id: uuid.UUID) -> QuotePayer:
    return queries.found(queries.of_asker(actor(), quote_id).id)


PAYER = EditForm(lambda: QuotePayerSchema(only=FIELDS), _payer)


def thanked(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Thank whoever comes back from paying without having an account; everybody else sees the page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        came_back = request.args.get("paid")
        if viewer() is not None or came_back is None:
            return view(*args, **kwargs)
        return _hidden(private("payers/thanks.html", paid=came_back == "1", here=request.full_path))

    return guarded


@bp.get("/quotes/<uuid:quote_id>/payer")
@signed_in
def choose(quote_id: uuid.UUID) -> ResponseReturnValue:
    """Whom the invoice names, and the link by which somebody else pays."""
    return _choice(quote_id, version=PAYER.version(quote_id=quote_id))


@bp.post("/quotes/<uuid:quote_id>/payer")
@signed_in
def save(quote_id: uuid.UUID) -> ResponseReturnValue:
    """Name whoever pays."""
    queries.of_asker(actor(), quote_id)
    try:
        named: Any = load(NamedSchema())
        PAYER.save(lambda: links.save_details(actor(), quote_id=quote_id, named=named), quote_id=quote_id)
    except (Invalid, Outdated) as refusal:
        return _choice(quote_id, typed=request.form, **told(refusal)), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("Saved. Invoice and receipt say it so."), "success")
    return _back(quote_id)


@bp.post("/quotes/<uuid:quote_id>/payer/link")
@signed_in
def make(quote_id: uuid.UUID) -> ResponseReturnValue:
    """Have a link, or another one."""
    queries.of_asker(actor(), quote_id)
    version = PAYER.version(quote_id=quote_id)
    try:
        links.make_link(actor(), quote_id=quote_id, **load(PurposeSchema()))
    except Invalid as refusal:
        typed = request.form.get("purpose", "")
        return _choice(quote_id, purpose=typed, errors=refusal.fields, version=version), status_of(refusal)
    except (Conflict, Unavailable) as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("This is the link. Give it to whoever pays, and to nobody else."), "success")
    return _back(quote_id)


@bp.post("/quotes/<uuid:quote_id>/payer/link/withdraw")
@signed_in
def withdraw(quote_id: uuid.UUID) -> ResponseReturnValue:
    """Have the link work no more, and pay oneself."""
    try:
        links.withdraw_link(actor(), quote_id=quote_id)
    except (Conflict, Unavailable) as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("The link works no more. You pay yourself."), "success")
    return _back(quote_id)


def _back(quote_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(".choose", quote_id=quote_id), 303)


def _choice(quote_id: uuid.UUID, **shown: Any) -> Response:
    quote, payer = queries.of_asker(actor(), quote_id), _payer(quote_id)
    standing = queries.standing(quote)
    return private(
        "payers/choose.html",
        quote=quote,
        coach=quote.ask.coach,
        payer=payer,
        url=queries.url_of(payer),
        standing=standing,
        refusal=rules.REFUSALS.get(standing),
        without_time=queries.is_without_time(quote, standing),
        is_live=standing not in {rules.PAID, *rules.ENDED.values()},
        **{"typed": payer, "purpose": payer.purpose, "errors": None} | shown,
    )


@bp.get("/pay/<uuid:quote_id>/<secret>")
@costs(1)
def show(quote_id: uuid.UUID, secret: str) -> ResponseReturnValue:
    """Price, coach and purpose, for whoever holds the link."""
    return _by_link(quote_id, secret)


@bp.post("/pay/<uuid:quote_id>/<secret>")
@costs(2)
def pay(quote_id: uuid.UUID, secret: str) -> ResponseReturnValue:
    """On to the hosted page where it is paid, without an account."""
    try:
        queries.check_link(quote_id, secret)
        return _hidden(redirect(paying.pay(quote_id, secret, **load(PayingSchema())), 303))
    except Invalid as refusal:
        return _by_link(quote_id, secret, typed=request.form, errors=refusal.fields), status_of(refusal)
    except LinkWithdrawn:
        return _by_link(quote_id, secret)
    except (Conflict, Unavailable, GatewayRefused) as refusal:
        flash(refusal.sentence, "error")
        return _hidden(redirect(url_for(".show", quote_id=quote_id, secret=secret), 303))


def _by_link(quote_id: uuid.UUID, secret: str, **shown: Any) -> Response:
    try:
        page = queries.page(quote_id, secret)
    except LinkWithdrawn as gone:
        return _hidden(make_response(render_template("payers/withdrawn.html", sentence=gone.sentence), 410))
    quote, paid = page.quote, queries.payment_of(page.quote)
    answer = private(
        "payers/pay.html",
        page=page,
        quote=quote,
        coach=quote.ask.coach,
        secret=secret,
        refusal=rules.REFUSALS.get(page.standing),
        policy=policies.terms_of(policies.version(quote.policy_version_id)),
        documents=[(each, receipt_url(each)) for each in invoices.of_payment(paid.id)] if paid is not None else [],
        titles=invoice_rules.TITLES,
        **{"typed": page.payer, "errors": None} | shown,
    )
    return _hidden(answer)


@bp.get("/receipts/<uuid:invoice_id>/<signature>")
@costs(5)
def receipt(invoice_id: uuid.UUID, signature: str) -> ResponseReturnValue:
    """A document of what somebody paid in another's stead, by the link of its mail."""
    return _hidden(as_pdf(invoices.of_receipt_link(invoice_id, signature)))


def _hidden(answer: Any) -> Response:
    """An answer that no robot lists and whose address no other site is told."""
    made = make_response(answer)
    made.headers["X-Robots-Tag"] = "noindex"
    made.headers["Referrer-Policy"] = "same-origin"
    made.headers["Cache-Control"] = "no-store"
    return made
