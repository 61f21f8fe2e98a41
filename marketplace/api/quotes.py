"""/quotes: what a coach offers for an ask, and the time that is held for it."""

import uuid
from typing import Any

from flask import url_for

from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.asks import queries as asks
from marketplace.asks.quotes import queries, service
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.offered_times.queries import offered_times
from marketplace.asks.quotes.replacements.service import ending_quote
from marketplace.asks.schemas import QuoteSchema, QuotesSchema, QuoteWriteSchema, expected_cents
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import BookingSchema, TimeSchema
from marketplace.http import actor
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.schemas.search import SlotsQuerySchema, SlotsSchema

bp = Resource("quotes_api", __name__, url_prefix="/api/v1", description="Quotes for asks")


@bp.post("/asks/<uuid:ask_id>/quotes")
@needs("write")
@idempotent
@bp.arguments(QuoteWriteSchema)
@bp.response(201, QuoteSchema)
@bp.alt_response(409, description="The ask has ended, or a time is held for an earlier quote")
def send_quote(fields: dict[str, Any], ask_id: uuid.UUID) -> tuple[Quote, dict[str, str]]:
    """Offer so many minutes for a price, as the ask's coach; it stands for 72 hours and replaces an earlier one."""
    currency = asks.one(actor(), ask_id).coach.currency
    cents = expected_cents(fields.pop("price"), currency, field="price")
    quote = ending_quote(actor(), ask_id, lambda: service.quote(actor(), ask_id=ask_id, price_cents=cents, **fields))
    return quote, {"Location": url_for(".get_quote", quote_id=quote.id)}


@bp.get("/asks/<uuid:ask_id>/quotes")
@needs("read")
@bp.response(200, QuotesSchema)
def list_quotes(ask_id: uuid.UUID) -> dict[str, Any]:
    """The quotes for an ask, the newest first, for whoever asked and for its coach."""
    return {"items": queries.of_ask(asks.one(actor(), ask_id).id)}


@bp.get("/quotes/<uuid:quote_id>")
@needs("read")
@bp.response(200, QuoteSchema)
def get_quote(quote_id: uuid.UUID) -> Quote:
    """One quote, for whoever asked and for its coach."""
    return queries.one(actor(), quote_id)


@bp.get("/quotes/<uuid:quote_id>/slots")
@needs("read")
@bp.arguments(SlotsQuerySchema, location="query")
@bp.response(200, SlotsSchema)
def list_quote_slots(asked: dict[str, Any], quote_id: uuid.UUID) -> dict[str, Any]:
    """The times at which a quote can be taken now: those that go with it and are free, else the coach's free times."""
    quote = queries.one(actor(), quote_id)
    offering = queries.offering_as_quoted(quote)
    offered = [each.starts_at for each in offered_times(quote) if each.free]
    free = [each for each in offered if asked["start"] <= each < asked["end"]]
    free = free if offered else free_times.free_times(offering, start=asked["start"], end=asked["end"])
    in_zone = [instant.astimezone(asked["zone"]) for instant in free]
    return {"zone": asked["zone"], "minutes": offering.minutes, "starts_at": in_zone}


@bp.post("/quotes/<uuid:quote_id>/hold")
@needs("write")
@idempotent
@bp.arguments(TimeSchema)
@bp.response(201, BookingSchema)
@bp.alt_response(409, description="The quote is over, a time is held for it already, or the time is taken")
def hold_for_quote(wanted: dict[str, Any], quote_id: uuid.UUID) -> tuple[Booking, dict[str, str]]:
    """Hold a time for a quote, as whoever asked. Pay for it at `/bookings/{booking_id}/pay`."""
    booking = service.hold(actor(), quote_id=quote_id, **wanted)
    return booking, {"Location": url_for("booking.get_booking", booking_id=booking.id)}
