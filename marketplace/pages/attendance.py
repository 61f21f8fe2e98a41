"""Saying who did not come to a session, answering it, taking it back."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from marketplace.attendance import service
from marketplace.attendance.rules import COACH_NO_SHOW
from marketplace.attendance.schemas import NoShowAnswerSchema, NoShowSchema
from marketplace.authentication.access import signed_in
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.pages.forms import load
from marketplace.pages.session_page import session_page

bp = Blueprint("cases", __name__, url_prefix="/sessions/<uuid:booking_id>/no-show")


@bp.post("")
@signed_in
def report(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the other did not come."""
    return _done(booking_id, service.report_no_show, NoShowSchema(), "Noted. What happens next stands below.")


@bp.post("/withdraw")
@signed_in
def withdraw(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back."""
    return _done(booking_id, service.withdraw_no_show, Schema(), "Taken back. The session goes its usual way.")


@bp.post("/answer")
@signed_in
def answer(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Say as the coach how it was."""
    gives_in = request.form.get("answer") == COACH_NO_SHOW
    words = "Noted. Everything goes back." if gives_in else "Noted. Somebody reads what both of you say and decides."
    return _done(booking_id, service.answer_no_show, NoShowAnswerSchema(), words)


def _done(booking_id: uuid.UUID, command: Callable[..., Any], schema: Schema, words: str) -> ResponseReturnValue:
    """Do it and go back to the session; what is wrong stands at its field, and nothing typed is lost."""
    try:
        command(actor(), booking_id=booking_id, **load(schema))
        flash(words, "success")
    except Invalid as refusal:
        return session_page(booking_id, errors=refusal.fields, said_of_it=request.form), 422
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for("bookings.session", booking_id=booking_id), 303)
