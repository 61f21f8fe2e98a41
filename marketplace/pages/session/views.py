"""The page of a session, and the session as a file for one's calendar."""

import uuid

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from marketplace.authentication.access import signed_in
from marketplace.bookings import queries
from marketplace.bookings.invites import service as invites
from marketplace.http import actor
from marketplace.pages.payers import thanked
from marketplace.pages.session.page import session_page
from marketplace.pages.session.payment_return import settle

bp = Blueprint("session", __name__, url_prefix="/sessions")


@bp.get("/<uuid:booking_id>")
@thanked
@signed_in
def show(booking_id: uuid.UUID) -> ResponseReturnValue:
    """The session. When its mentee comes back from paying, Stripe is asked how it went: the address proves nothing."""
    booking = queries.one(actor(), booking_id)
    came_back = request.args.get("paid")
    if came_back is None or booking.mentee_id != actor().id:
        return session_page(booking_id)
    checked = settle(booking)
    return session_page(booking_id, came_back=came_back, checked=checked)


@bp.get("/<uuid:booking_id>.ics")
@signed_in
def calendar(booking_id: uuid.UUID) -> Response:
    """A confirmed session as a file; it names the meeting link, so it is for mentee and coach alone."""
    booking = queries.confirmed_of_party(actor(), booking_id)
    file = make_response(invites.session_file(booking))
    file.content_type = "text/calendar; charset=utf-8"
    file.headers["Content-Disposition"] = f'attachment; filename="session-{booking.starts_at:%Y-%m-%d}.ics"'
    file.headers["Cache-Control"] = "no-store"
    return file
