"""/quotes/…/payer and /payer-links: who pays a quote, and paying it without an account."""

import uuid
from typing import Any

from marketplace.api.auth import needs
from marketplace.api.editing import Editable
from marketplace.api.resource import Resource
from marketplace.asks.payers import queries
from marketplace.asks.payers.models import QuotePayer
from marketplace.asks.payers.schemas import (
    NamedSchema,
    PayerPageSchema,
    PayerUrlSchema,
    PayingSchema,
    PurposeSchema,
    QuotePayerSchema,
)
from marketplace.asks.payers.service import links, paying
from marketplace.http import actor
from marketplace.payments.billing_parties.rules import Named
from marketplace.request_limits import costs

bp = Resource("payers_api", __name__, url_prefix="/api/v1", description="Who pays a quote")

HIDDEN = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


def _payer(quote_id: uuid.UUID) -> QuotePayer:
    return queries.found(queries.of_asker(actor(), quote_id).id)


PAYER = Editable(QuotePayerSchema, _payer)


@bp.get("/quotes/<uuid:quote_id>/payer")
@needs("read")
@bp.response(200, QuotePayerSchema)
@PAYER.shown
def get_payer(quote_id: uuid.UUID) -> QuotePayer:
    """Who pays a quote, and the link by which somebody else does, for whoever asked."""
    return _payer(quote_id)


@bp.put("/quotes/<uuid:quote_id>/payer")
@needs("write")
@bp.arguments(NamedSchema)
@bp.response(200, QuotePayerSchema)
@bp.alt_response(409, description="It is paid: its invoice keeps the name and address that it was issued with")
@PAYER.edited
def name_payer(named: Named, quote_id: uuid.UUID) -> QuotePayer:
    """Say whom invoice and receipt name, as whoever asked, until it is paid."""
    return links.save_details(actor(), quote_id=quote_id, named=named)


@bp.post("/quotes/<uuid:quote_id>/payer-link")
@needs("write")
@bp.arguments(PurposeSchema)
@bp.response(200, QuotePayerSchema)
@bp.alt_response(409, description="The quote is over or a bank is sending its money, or too many links were made")
def make_payer_link(wanted: dict[str, Any], quote_id: uuid.UUID) -> QuotePayer:
    """Have a link by which somebody without an account pays, or another one: the one before works no more."""
    links.make_link(actor(), quote_id=quote_id, **wanted)
    return _payer(quote_id)


@bp.delete("/quotes/<uuid:quote_id>/payer-link")
@needs("write")
@bp.response(204)
@bp.alt_response(409, description="It was paid before, or a bank is sending its money")
def withdraw_payer_link(quote_id: uuid.UUID) -> None:
    """Have the link work no more, and pay yourself. A page to pay on that was opened by it is closed."""
    links.withdraw_link(actor(), quote_id=quote_id)


@bp.get("/payer-links/<uuid:quote_id>/<secret>")
@costs(1)
@bp.response(200, PayerPageSchema)
@bp.alt_response(409, description="The link was withdrawn or replaced")
def get_payer_page(quote_id: uuid.UUID, secret: str) -> tuple[queries.PayerPage, dict[str, str]]:
    """What a payer's link shows. Needs no token."""
    return queries.page(quote_id, secret), HIDDEN


@bp.post("/payer-links/<uuid:quote_id>/<secret>/pay")
@costs(2)
@bp.arguments(PayingSchema)
@bp.response(200, PayerUrlSchema)
@bp.alt_response(409, description="Nothing can be paid here now, or the link was withdrawn or replaced")
def pay_by_link(wanted: dict[str, Any], quote_id: uuid.UUID, secret: str) -> tuple[dict[str, str], dict[str, str]]:
    """The hosted page to pay on, the same one at each call; invoice and receipt name who pays. Needs no token.

    Where no time is chosen, `without_time` buys the session all the same: whoever asked chooses one within 60 days.
    """
    return {"url": paying.pay(quote_id, secret, **wanted)}, HIDDEN
