"""Saying what a session was: on its page, or by the link of a mail without signing in."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import signed_in, viewers_zone
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages.forms import load
from marketplace.pages.responses import private
from marketplace.pages.session.feedback import FeedbackPart
from marketplace.pages.session.page import session_page
from marketplace.request_limits import costs
from marketplace.session_feedback import queries, service
from marketplace.session_feedback.rules import MENTEE
from marketplace.session_feedback.schemas import FeedbackFormSchema

bp = Blueprint("session_feedback", __name__)


def _said() -> dict[str, Any]:
    given = load(FeedbackFormSchema())
    return given | {"dealt_with": given["dealt_with"] == "yes"}


@bp.post("/sessions/<uuid:booking_id>/feedback")
@signed_in
def give(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Say it as mentee or coach."""
    queries.of_party(actor(), booking_id)
    try:
        service.give(actor(), booking_id=booking_id, **_said())
        flash(_("Thank you, it is noted."), "success")
    except Invalid as refusal:
        return session_page(booking_id, typed=request.form, errors=refusal.fields), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for("session.show", booking_id=booking_id) + "#feedback", 303)


@bp.get("/feedback/<uuid:booking_id>/<side>/<signature>")
@costs(1)
def show(booking_id: uuid.UUID, side: str, signature: str) -> ResponseReturnValue:
    """The form, filled so that one press is enough; opening it says nothing."""
    return _page(booking_id, side, signature)


def _page(booking_id: uuid.UUID, side: str, signature: str, **shown: Any) -> Response:
    asked = queries.of_link(booking_id, side, signature)
    booking = asked.booking
    return private(
        "session/feedback.html",
        booking=booking,
        part=FeedbackPart.of_asked(asked),
        other=booking.coach.user.name if side == MENTEE else booking.mentee.name,
        side=side,
        signature=signature,
        zone=viewers_zone(),
        **{"typed": {}, "errors": None} | shown,
    )


@bp.post("/feedback/<uuid:booking_id>/<side>/<signature>")
@costs(1)
def give_by_link(booking_id: uuid.UUID, side: str, signature: str) -> ResponseReturnValue:
    """Say it by the link."""
    queries.of_link(booking_id, side, signature)
    try:
        service.give_by_link(booking_id, side, signature, **_said())
    except Invalid as refusal:
        return _page(booking_id, side, signature, typed=request.form, errors=refusal.fields), status_of(refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for(".show", booking_id=booking_id, side=side, signature=signature), 303)
