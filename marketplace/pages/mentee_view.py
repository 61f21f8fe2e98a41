"""A coach's week: sessions, the free times that mentees see, and what is busy elsewhere."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import signed_in
from marketplace.bookings.listings import queries as listing_queries
from marketplace.calendars import queries as calendars
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach, Offering
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.pages import wording
from marketplace.pages.responses import private
from marketplace.pages.week_blocks import DayOfBlocks, days_of_blocks, free_spans
from marketplace.pages.weeks import WEEK, asked_week, span
from marketplace.pages.wording import Reader
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.queries import hours as hours_queries

bp = Blueprint("mentee_view", __name__, url_prefix="/dashboard/mentee-view")


@bp.get("")
@signed_in
def week() -> ResponseReturnValue:
    """Seven days in the coach's zone: sessions, what can be booked of an offering, and what is busy elsewhere."""
    coach = coaches.profile_of(actor())
    lines = coaches.bookable_offerings_of(coach.id)
    asked = request.args.get("offering", "")
    line = next((one for one in lines if str(one.id) == asked), lines[0] if lines else None)
    today = clock.today(coach.timezone)
    begins = max(asked_week(today), today)
    address: dict[str, Any] = {"offering": line.id if line is not None and asked else None}
    return private(
        "dashboard/mentee_view.html",
        coach=coach,
        lines=lines,
        lines_choice=[
            (
                one.id,
                _("%(title)s, %(minutes)s minutes", title=one.title, minutes=one.minutes),
            )
            for one in lines
        ],
        line=line,
        days=week_of(coach, line, begins),
        today=today,
        begins=begins,
        ends=begins + WEEK - timedelta(days=1),
        earlier=url_for(".week", week=max(begins - WEEK, today), **address) if begins > today else None,
        later=url_for(".week", week=begins + WEEK, **address),
        off=_off_between(coach, begins, begins + WEEK),
        reader=Reader(side="coach", zone=coach.timezone, now=clock.now()),
        wording=wording,
    )


def week_of(coach: Coach, line: Offering | None, begins: date, *, with_sessions: bool = True) -> list[DayOfBlocks]:
    """Seven days of a coach from `begins` on; free is what can be booked of the offering `line`."""
    start, end = span(begins, coach.timezone)
    starts: Sequence[datetime] = []
    if line is not None:
        starts = free_times.free_times(coaches.own_offering(actor(), line.id), start=start, end=end)
    return days_of_blocks(
        begins,
        coach.timezone,
        free=free_spans(starts, line.minutes if line is not None else 0),
        busy=_merged(calendars.busy_times(coach.id, start, end)) if with_sessions else [],
        sessions=listing_queries.between(coach.id, start, end) if with_sessions else [],
    )


def _merged(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same time without overlaps: two calendars may both say that an hour is busy."""
    found: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return found


def _off_between(coach: Coach, first: date, until: date) -> list[str]:
    """Why days of a week are closed whatever the hours say: time off and holidays, in words."""
    away = [
        _(
            "Time off from %(first)s to %(last)s. %(note)s",
            first=formats.day(one.starts_on),
            last=formats.day(one.ends_on),
            note=one.note,
        ).strip()
        for one in hours_queries.time_off_of(coach.id, first)
        if one.starts_on < until
    ]
    kept = hours_queries.holidays_of(coach.id, first, until - timedelta(days=1))
    return away + [_("%(day)s is a holiday: %(name)s.", day=formats.day(day), name=name) for day, name in kept.items()]
