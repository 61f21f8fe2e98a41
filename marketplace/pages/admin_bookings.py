"""Sessions, for admins: found by people, state and day; all that is known of one."""

import uuid
from dataclasses import replace
from functools import partial

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import admin_only, viewers_zone
from marketplace.booking_timelines.queries import records
from marketplace.bookings import rules
from marketplace.bookings.listings import queries
from marketplace.bookings.listings.schemas import BookingSearchSchema
from marketplace.bookings.models import Booking
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import admin_timeline, tables
from marketplace.pages.csv_export import batches
from marketplace.pages.responses import private
from marketplace.pages.tables import MONEY, TIME, Column
from marketplace.pages.wording import ADMIN, Reader, Said, state

bp = Blueprint("admin_bookings", __name__, url_prefix="/admin/bookings")

STATES = {
    rules.HELD: _l("Held, not paid yet"),
    rules.REQUESTED: _l("Waiting for the coach's answer"),
    rules.CONFIRMED: _l("Confirmed"),
    rules.COMPLETED: _l("Took place or mentee did not come"),
    rules.CANCELLED: _l("Cancelled"),
    rules.DECLINED: _l("Declined"),
    rules.EXPIRED: _l("Not paid or not answered in time"),
    queries.CONTESTED: _l("Not agreed who came"),
    queries.NO_SHOW: _l("Somebody did not come"),
}


def said(booking: Booking) -> Said:
    """Its state as an admin reads it."""
    return state(booking, Reader(ADMIN, viewers_zone(), clock.now()))


COLUMNS = (
    Column("title", _l("Session")),
    Column("mentee", _l("Mentee"), path="mentee.name"),
    Column("coach", _l("Coach"), path="coach.user.name"),
    Column("starts", _l("When"), kind=TIME, path="starts_at", sorts=True),
    Column("price", _l("Price"), kind=MONEY, path="price_cents", sorts=True),
    Column("state", _l("State"), path=lambda booking: said(booking).words),
)
FOR_FILES = (
    Column("id", _l("Id")),
    *COLUMNS,
    Column("booked_at", _l("Booked"), kind=TIME, path="created_at"),
    Column("refunded", _l("Refunded"), kind=MONEY, path="refunded_cents"),
)


@bp.get("")
@admin_only
def browse() -> ResponseReturnValue:
    """All sessions, the latest first."""
    asked = tables.read(COLUMNS, default="-starts", filters=BookingSearchSchema())
    if asked.as_csv:
        asked = replace(asked, columns=FOR_FILES)
        every = batches(partial(queries.search, actor()), **asked.filters, **asked.sorting)
        return asked.csv("sessions.csv", every)
    found = queries.search(actor(), **asked.filters, **asked.order)
    page = private(
        "admin/bookings.html",
        shown=asked.table(found, _("Sessions")),
        states=list(STATES.items()),
        said=said,
        now=clock.now(),
    )
    return page, asked.status


@bp.get("/<uuid:booking_id>")
@admin_only
def timeline(booking_id: uuid.UUID) -> ResponseReturnValue:
    """All that is known of one session, in order of time: all of it, or of one kind."""
    found = records(actor(), booking_id)
    every = admin_timeline.lines(found, Reader(ADMIN, viewers_zone(), clock.now()))
    wanted = request.args.get("show", "")
    wanted = wanted if wanted in admin_timeline.KINDS else ""
    kinds = [kind for kind in admin_timeline.KINDS if any(line.kind == kind for line in every)]
    here = {kind: url_for(".timeline", booking_id=booking_id, show=kind or None) for kind in ("", *kinds)}
    names = {"": _("Everything"), **admin_timeline.KINDS}
    return private(
        "admin/booking.html",
        found=found,
        booking=found.booking,
        lines=[line for line in every if wanted in ("", line.kind)],
        kinds=[(str(names[kind]), address, kind == wanted) for kind, address in here.items()],
        calendars=admin_timeline.calendar_words(found),
        said=said(found.booking),
        now=clock.now(),
    )
