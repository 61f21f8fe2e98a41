"""What mentee and coach do with a session: pay, cancel, answer, complete, report a no-show."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from marketplace.asks.briefs.schemas import SessionBriefWriteSchema
from marketplace.attendance import service as attendance_service
from marketplace.attendance.rules import COACH_NO_SHOW
from marketplace.attendance.schemas import NoShowAnswerSchema, NoShowSchema
from marketplace.authentication.access import signed_in, viewers_zone
from marketplace.bookings import queries
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.briefs import service as briefs
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.cancellations.schemas import CancelFormSchema
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.completions.schemas import CompleteSchema
from marketplace.bookings.models import Booking
from marketplace.bookings.schemas import LONGEST_REASON, OptionalReasonSchema
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, Unavailable
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages import wording
from marketplace.pages.forms import load
from marketplace.pages.session.cancellation import CancellationQuote
from marketplace.pages.session.page import session_page
from marketplace.pages.wording import Reader
from marketplace.payments.billing_parties.queries import name_of_payer
from marketplace.payments.stripe_gateway.client import GatewayRefused

bp = Blueprint("session_actions", __name__, url_prefix="/sessions/<uuid:booking_id>")


@bp.post("/pay")
@signed_in
def pay(booking_id: uuid.UUID) -> ResponseReturnValue:
    """To the hosted page where the card is asked for."""
    try:
        return redirect(booking_checkout.pay(actor(), booking_id=booking_id), 303)
    except (Conflict, Unavailable, GatewayRefused) as refusal:
        flash(refusal.sentence, "error")
        return _back(booking_id)


@bp.get("/cancel")
@signed_in
def ask_to_cancel(booking_id: uuid.UUID) -> ResponseReturnValue:
    """The exact refund and why, before anything is cancelled."""
    queries.one(actor(), booking_id)
    try:
        return _cancel_page(booking_id)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
        return _back(booking_id)


@bp.post("/cancel")
@signed_in
def cancel(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel for the refund that was shown; another one by now is shown first."""
    try:
        booking = cancellations.cancel(actor(), booking_id=booking_id, **load(CancelFormSchema()))
    except (cancellations.QuoteChanged, Invalid) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _cancel_page(booking_id, errors=errors, reason=request.form.get("reason", "")), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
        return _back(booking_id)
    flash(_said_of(booking), "success")
    return _back(booking_id)


def _said_of(booking: Booking) -> str:
    if booking.confirmed_at is None:
        return _("The time is free again. Nothing was taken.")
    if not booking.refunded_cents:
        return _("The session is cancelled.")
    return _("The session is cancelled, and %(refunded)s is refunded.", refunded=wording.refunded(booking))


def _cancel_page(booking_id: uuid.UUID, **shown: Any) -> str:
    booking = queries.one(actor(), booking_id)
    quote = cancellations.quote_cancellation(actor(), booking_id=booking_id)
    reader = Reader.of(actor(), booking, viewers_zone())
    page = CancellationQuote.of(booking, quote, reader, payer=name_of_payer(booking.payment_id))
    return render_template("session/cancel.html", booking=booking, page=page, longest=LONGEST_REASON, **shown)


@bp.post("/approve")
@signed_in
def approve(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Accept a request."""
    return _done(
        booking_id, approvals.approve, _("Accepted. The payment is being taken; then you both get the invitation.")
    )


@bp.post("/decline")
@signed_in
def decline(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Decline a request."""
    try:
        given = load(OptionalReasonSchema())
    except Invalid as refusal:
        return session_page(booking_id, errors=refusal.fields, typed=request.form), 422
    return _done(booking_id, approvals.decline, _("Declined. Nothing was taken, and the time is free again."), **given)


@bp.post("/brief")
@signed_in
def change_brief(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Say anew what the session is to be about."""
    words = _("Changed. %(name)s sees it as it is now.", name=queries.one(actor(), booking_id).coach.name)
    return _said(booking_id, briefs.change_brief, SessionBriefWriteSchema(), words)


@bp.post("/complete")
@signed_in
def complete(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Say how it went."""
    return _done(booking_id, completions.complete, _("Noted. Thank you."), **load(CompleteSchema()))


@bp.post("/complete/undo")
@signed_in
def take_back(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Take back that the mentee did not come."""
    return _done(booking_id, completions.take_back, _("Taken back. Say again how it went."))


@bp.post("/no-show")
@signed_in
def report_no_show(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Report that the coach did not come."""
    words = _("Noted. What happens next stands below.")
    return _said(booking_id, attendance_service.report_no_show, NoShowSchema(), words)


@bp.post("/no-show/withdraw")
@signed_in
def withdraw_no_show(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw the report."""
    words = _("Withdrawn. The session goes on as usual.")
    return _said(booking_id, attendance_service.withdraw_no_show, Schema(), words)


@bp.post("/no-show/answer")
@signed_in
def answer_no_show(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Answer a report as the coach."""
    gives_in = request.form.get("answer") == COACH_NO_SHOW
    words = (
        _("Noted. Everything is refunded.")
        if gives_in
        else _("Noted. An admin reads what both of you say and decides.")
    )
    return _said(booking_id, attendance_service.answer_no_show, NoShowAnswerSchema(), words)


def _said(booking_id: uuid.UUID, command: Callable[..., Any], schema: Schema, words: str) -> ResponseReturnValue:
    """Do it and go back to the session; what is wrong stands at its field, and nothing typed is lost."""
    try:
        given = load(schema)
        command(actor(), booking_id=booking_id, **given)
        flash(words, "success")
    except Invalid as refusal:
        return session_page(booking_id, errors=refusal.fields, typed=request.form), 422
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return _back(booking_id)


def _done(booking_id: uuid.UUID, command: Callable[..., Any], words: str, **given: Any) -> ResponseReturnValue:
    """Do it and go back to the session with what became of it."""
    try:
        command(actor(), booking_id=booking_id, **given)
        flash(words, "success")
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return _back(booking_id)


def _back(booking_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("session.show", booking_id=booking_id), 303)
