"""Quotes: sent by a coach for an ask; a time is chosen for one, and then paid for."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace import clock, money
from marketplace.asks import queries as asks
from marketplace.asks.quotes import queries, rules, service
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.offered_times.queries import offered_times
from marketplace.asks.quotes.replacements.service import ending_quote
from marketplace.asks.schemas import QuoteWriteSchema
from marketplace.authentication.access import signed_in, viewers_zone
from marketplace.bookings.schemas import TimeSchema
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, FairhourError, Invalid, NotFound
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.ask_page import DELIVERY_DAYS, ask_page
from marketplace.pages.forms import load
from marketplace.pages.weeks import free_week_of
from marketplace.policies import queries as policies

bp = Blueprint("quotes", __name__)


@bp.post("/asks/<uuid:ask_id>/quotes")
@signed_in
def send(ask_id: uuid.UUID) -> ResponseReturnValue:
    """Offer minutes for a price; without one it is the rate card's."""
    ask = asks.one(actor(), ask_id)
    if ask.coach.user_id != actor().id:
        raise NotFound
    try:
        fields = load(QuoteWriteSchema(exclude=["price", "deliver_by", "times"]))
        fields["times"] = _ticked_times()
        due = _typed_date() if fields["form"] == rules.WRITTEN else None
        cents = typed_price(ask.coach.currency)
        ending_quote(
            actor(),
            ask_id,
            lambda: service.quote(actor(), ask_id=ask_id, price_cents=cents, deliver_by=due, **fields),
        )
    except Invalid as refusal:
        errors = {{"minutes": "quoted_minutes"}.get(name, name): said for name, said in refusal.fields.items()}
        return ask_page(ask_id, quoted=request.form, errors=errors), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("Sent. The offer stands for three days."), "success")
    return redirect(url_for("asks.show", ask_id=ask_id), 303)


def typed_price(currency: str) -> int | None:
    """The price that was typed, in minor units; None where none was."""
    typed = request.form.get("price", "").strip()
    try:
        return money.parse(typed, currency) if typed else None
    except ValueError as error:
        raise Invalid(price=_("Write an amount like 120.00.")) from error


def _ticked_times() -> Sequence[datetime]:
    """Which of the times that were shown go with it."""
    try:
        times: Sequence[datetime] = QuoteWriteSchema(only=["times"]).load({"times": request.form.getlist("times")})[
            "times"
        ]
    except ValidationError as error:
        raise Invalid(times=_("Choose five of the times that are shown, at most.")) from error
    return times


def _typed_date() -> datetime:
    """So many days from now, as a coach chooses them."""
    typed = request.form.get("deliver_days", "").strip()
    if typed not in DELIVERY_DAYS:
        raise Invalid(deliver_days=_("Choose in how many days you answer."))
    return clock.now() + timedelta(days=int(typed))


@bp.get("/quotes/<uuid:quote_id>")
@signed_in
def choose(quote_id: uuid.UUID) -> ResponseReturnValue:
    """The times at which the quote can be taken, a week a page."""
    quote = _own(quote_id)
    takes_time = quote.status == rules.SENT and quote.form == rules.SESSION
    return _times(quote) if takes_time else redirect(url_for("asks.show", ask_id=quote.ask_id), 303)


@bp.post("/quotes/<uuid:quote_id>")
@signed_in
def hold(quote_id: uuid.UUID) -> ResponseReturnValue:
    """Hold the time that was chosen; it is paid for on the page of the session."""
    _own(quote_id)
    try:
        typed = {"starts_at": request.form.get("starts_at", "").replace(" ", "+")}
        booking = service.hold(actor(), quote_id=quote_id, **TimeSchema().load(typed))
    except ValidationError:
        return redirect(url_for(".choose", quote_id=quote_id), 303)
    except NotFound:
        raise
    except FairhourError as refusal:
        return _times(_own(quote_id), gone=refusal.sentence), status_of(refusal)
    return redirect(url_for("session.show", booking_id=booking.id), 303)


def _own(quote_id: uuid.UUID) -> Quote:
    """A quote for an ask of the viewer's; NotFound."""
    quote = queries.one(actor(), quote_id)
    if quote.ask.asker_id != actor().id:
        raise NotFound
    return quote


def _times(quote: Quote, **shown: Any) -> str:
    offering, zone = queries.offering_as_quoted(quote), viewers_zone()
    offered = offered_times(quote)
    return render_template(
        "asks/times.html",
        quote=quote,
        coach=quote.ask.coach,
        policy=policies.terms_of(policies.version(quote.policy_version_id)),
        offered=offered,
        **({} if any(each.free for each in offered) else free_week_of(offering, zone)),
        **shown,
    )
