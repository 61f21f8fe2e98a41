"""The waitlist: join it for an offering, see one's position, leave it."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import signed_in, viewers_zone
from marketplace.bookings.holds.schemas import LONGEST_BRIEF, SHORTEST_BRIEF
from marketplace.bookings.waitlist_entries import rules
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.coaches.queries import offering_for_booking
from marketplace.error_answers import status_of
from marketplace.errors import FairhourError, Invalid, NotFound
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.pages.forms import load
from marketplace.waitlist import queries, service
from marketplace.waitlist.schemas import WaitlistJoinSchema

bp = Blueprint("waitlist", __name__)

USUAL_DAYS = 28


@bp.get("/waitlist/join/<uuid:offering_id>")
@signed_in
def ask(offering_id: uuid.UUID) -> ResponseReturnValue:
    """The form: which days, which hours, what it is about."""
    today = clock.today(viewers_zone())
    first = max(_asked_day("first") or today, today)
    typed = {
        "starts_on": first.isoformat(),
        "ends_on": max(_asked_day("last") or first + timedelta(days=USUAL_DAYS), first).isoformat(),
        "weekdays": list(rules.EVERY_DAY),
        "earliest": "00:00",
        "latest": "24:00",
    }
    return _form(offering_id, typed)


def _asked_day(name: str) -> date | None:
    """A day of the address: a link from days without free times says which they are."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@bp.post("/waitlist/join/<uuid:offering_id>")
@signed_in
def join(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Join the waitlist of an offering."""
    typed: dict[str, Any] = request.form.to_dict()
    typed["weekdays"] = [int(day) for day in request.form.getlist("weekdays") if day.isdigit()]
    try:
        service.join(actor(), offering_id=offering_id, **load(WaitlistJoinSchema(exclude=["offering_id"])))
    except NotFound:
        raise
    except service.FittingTimeFree as refusal:
        free = [datetime.fromisoformat(text) for text in refusal.details["free"]]
        return _form(offering_id, typed, free=free, errors={"form": [refusal.sentence]}), status_of(refusal)
    except FairhourError as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _form(offering_id, typed, errors=errors), status_of(refusal)
    flash(_("You are on the waitlist. When it is your turn, a time is held for you and a mail tells you."), "success")
    return redirect(url_for(".mine"), 303)


def _form(offering_id: uuid.UUID, typed: dict[str, Any], **shown: Any) -> str:
    offering = offering_for_booking(offering_id)
    return render_template(
        "waitlist/join.html",
        offering=offering,
        coach=offering.coach,
        typed=typed,
        weekdays=[(day, formats.weekday(day)) for day in formats.weekdays()],
        longest_days=rules.LONGEST_DAYS,
        minutes=rules.OFFER_MINUTES,
        shortest=SHORTEST_BRIEF,
        longest=LONGEST_BRIEF,
        **shown,
    )


@bp.get("/waitlist")
@signed_in
def mine() -> ResponseReturnValue:
    """The waitlist entries of the viewer, and the times that are held for them."""
    positions = queries.positions(actor())
    rows = [(entry, _wanted(entry), positions.get(entry.id)) for entry in queries.open_entries(actor())]
    return render_template("waitlist/mine.html", rows=rows, now=clock.now())


def _wanted(entry: WaitlistEntry) -> str:
    """'1 Mar to 7 Mar, Monday, Friday, 18:00-22:00 (Berlin)'."""
    first, last = formats.short_day(entry.starts_on), formats.short_day(entry.ends_on)
    parts = [_("%(first)s to %(last)s", first=first, last=last)]
    if len(entry.weekdays) < len(rules.EVERY_DAY):
        parts.append(", ".join(formats.weekday(day) for day in entry.weekdays))
    if (entry.from_minute, entry.until_minute) != (0, rules.DAY_MINUTES):
        parts.append(f"{formats.minute_of_day(entry.from_minute)}-{formats.minute_of_day(entry.until_minute)}")
    return f"{', '.join(parts)} ({formats.place(entry.timezone)})"


@bp.post("/waitlist/<uuid:entry_id>/leave")
@signed_in
def leave(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the waitlist; a time that is held goes to the next entry."""
    service.leave(actor(), entry_id=entry_id)
    flash(_("You have left the waitlist."), "success")
    return redirect(url_for(".mine"), 303)
