"""Overruns on the page of their session: proposed, answered, paid for."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import money
from marketplace.authentication.access import signed_in
from marketplace.bookings import queries as bookings
from marketplace.bookings.overruns import queries, service
from marketplace.bookings.overruns.schemas import OverrunMinutesSchema
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, Unavailable
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.forms import load
from marketplace.pages.session.page import session_page
from marketplace.payments import rules as payment_rules

bp = Blueprint("overruns", __name__)


@bp.post("/sessions/<uuid:booking_id>/overruns")
@signed_in
def propose(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Propose minutes more for a price; without one it is the session's own rate."""
    booking = bookings.of_party(actor(), booking_id)
    try:
        fields = load(OverrunMinutesSchema())
        service.propose(actor(), booking_id=booking_id, price_cents=_typed_price(booking.currency), **fields)
    except Invalid as refusal:
        names = {"minutes": "overrun_minutes", "price": "overrun_price"}
        errors = {names.get(name, name): said for name, said in refusal.fields.items()}
        typed = {f"overrun_{name}": words for name, words in request.form.items()}
        return session_page(booking_id, typed=typed, errors=errors), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("Proposed. It stands for three days."), "success")
    return redirect(url_for("session.show", booking_id=booking_id), 303)


def _typed_price(currency: str) -> int | None:
    typed = request.form.get("price", "").strip()
    try:
        return money.parse(typed, currency) if typed else None
    except ValueError as error:
        raise Invalid(price=_("Write an amount like 120.00.")) from error


@bp.get("/overruns/<uuid:overrun_id>")
@signed_in
def back(overrun_id: uuid.UUID) -> ResponseReturnValue:
    """Back from the page to pay on, which proves nothing: ask how the payment stands, then on to the session."""
    found = queries.one(actor(), overrun_id)
    if found.payment is not None and found.payment.status in payment_rules.UNDECIDED:
        try:
            payment_outcomes.settle_payment(str(found.payment.id))
        except Unavailable:
            flash(_("The payment is being checked."), "info")
    return redirect(url_for("session.show", booking_id=found.booking_id), 303)


@bp.post("/overruns/<uuid:overrun_id>/accept")
@signed_in
def accept(overrun_id: uuid.UUID) -> ResponseReturnValue:
    """On to the page to pay on."""
    found = queries.one(actor(), overrun_id)
    try:
        return redirect(service.accept(actor(), overrun_id=overrun_id), 303)
    except (Conflict, Unavailable) as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for("session.show", booking_id=found.booking_id), 303)


@bp.post("/overruns/<uuid:overrun_id>/decline")
@signed_in
def decline(overrun_id: uuid.UUID) -> ResponseReturnValue:
    """Decline to pay."""
    return _done(overrun_id, lambda: service.decline(actor(), overrun_id=overrun_id), _("Declined."))


@bp.post("/overruns/<uuid:overrun_id>/withdraw")
@signed_in
def withdraw(overrun_id: uuid.UUID) -> ResponseReturnValue:
    """Take a proposal back."""
    return _done(overrun_id, lambda: service.withdraw(actor(), overrun_id=overrun_id), _("Withdrawn."))


@bp.post("/overruns/<uuid:overrun_id>/refund")
@signed_in
def refund(overrun_id: uuid.UUID) -> ResponseReturnValue:
    """Refund it in full."""
    return _done(overrun_id, lambda: service.refund(actor(), overrun_id=overrun_id), _("Refunded."))


def _done(overrun_id: uuid.UUID, command: Callable[[], Any], outcome: str) -> ResponseReturnValue:
    found = queries.one(actor(), overrun_id)
    try:
        command()
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(outcome, "success")
    return redirect(url_for("session.show", booking_id=found.booking_id), 303)
