"""A coach's mentees, and of each the sessions, notes and money."""

import uuid
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import signed_in
from marketplace.bookings.mentees import queries
from marketplace.coaches.queries import profile_of
from marketplace.http import actor
from marketplace.notes import queries as notes
from marketplace.pages import wording
from marketplace.pages.arguments import id_argument
from marketplace.pages.responses import private
from marketplace.pages.wording import Reader

bp = Blueprint("mentees", __name__, url_prefix="/dashboard/mentees")

LONGEST_NAME = 100


@bp.get("")
@signed_in
def listed() -> ResponseReturnValue:
    """The coach's mentees, whoever has or had the latest session first; by name, if one is asked for."""
    coach = profile_of(actor())
    name = " ".join(request.args.get("name", "").split())[:LONGEST_NAME].replace("\0", "")
    after = id_argument("after")
    page = queries.mentees_of(coach, name=name, after=after)
    address: dict[str, Any] = {"name": name or None}
    return private(
        "dashboard/mentees.html",
        coach=coach,
        name=name,
        longest=LONGEST_NAME,
        mentees=page.mentees,
        now=clock.now(),
        start=url_for(".listed", **address) if after else None,
        more=url_for(".listed", **address, after=page.after) if page.after else None,
    )


@bp.get("/<uuid:mentee_id>")
@signed_in
def one(mentee_id: uuid.UUID) -> ResponseReturnValue:
    """One mentee: sessions to come and past, notes, and money."""
    coach = profile_of(actor())
    mentee = queries.mentee_of(coach, mentee_id)
    after = id_argument("after")
    past = queries.past(coach, mentee_id, after=after)
    return private(
        "dashboard/mentee.html",
        coach=coach,
        mentee=mentee,
        coming=queries.coming(coach, mentee_id),
        past=past.bookings,
        notes=notes.with_mentee(actor(), coach, mentee_id),
        sums=queries.money_with(coach, mentee_id),
        reader=Reader(side="coach", zone=coach.timezone, now=clock.now()),
        wording=wording,
        start=url_for(".one", mentee_id=mentee_id) if after else None,
        more=url_for(".one", mentee_id=mentee_id, after=past.after) if past.after else None,
    )
