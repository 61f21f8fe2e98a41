"""What mentees see: the free times that hours, time off, calendars and limits leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from marketplace import clock
from marketplace.authentication.access import signed_in
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.models import Booking
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.http import actor
from marketplace.pages.weeks import WEEK, Day, asked_week, days_of, span
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.queries import hours as hours_queries

bp = Blueprint("mentee_view", __name__, url_prefix="/dashboard/mentee-view")


@dataclass(frozen=True)
class DayShown:
    """A day: what can be booked, and the sessions that stand."""

    day: Day
    sessions: Sequence[Booking]


@bp.get("")
@signed_in
def week() -> ResponseReturnValue:
    """A week in the coach's zone: what can be booked of an offering, and what is booked."""
    coach = coaches.profile_of(actor())
    lines = coaches.bookable_offerings_of(coach.id)
    asked = request.args.get("offering", "")
    line = next((one for one in lines if str(one.id) == asked), lines[0] if lines else None)
    today = clock.today(coach.timezone)
    begins = max(asked_week(today), today)
    start, end = span(begins, coach.timezone)
    free: Sequence[datetime] = []
    if line is not None:
        free = free_times.free_times(coaches.own_offering(actor(), line.id), start=start, end=end)
    sessions = hold_queries.claiming_between(coach.id, start, end)
    shown = [
        DayShown(
            day, [one for one in sessions if one.starts_at.astimezone(ZoneInfo(coach.timezone)).date() == day.date]
        )
        for day in days_of(free, begins, coach.timezone)
    ]
    return render_template(
        "dashboard/mentee_view.html",
        coach=coach,
        lines=lines,
        lines_choice=[(one.id, f"{one.title}, {one.minutes} minutes") for one in lines],
        line=line,
        shown=shown,
        ends=begins + WEEK - timedelta(days=1),
        earlier=max(begins - WEEK, today) if begins > today else None,
        later=begins + WEEK,
        off=_off_between(coach, begins, begins + WEEK),
    )


def _off_between(coach: Coach, first: date, until: date) -> list[str]:
    """Why days of a week are closed whatever the hours say: time off and holidays, in words."""
    away = [
        f"Time off from {one.starts_on:%-d %b} to {one.ends_on:%-d %b}{f': {one.note}' if one.note else ''}."
        for one in hours_queries.time_off_of(coach.id, first)
        if one.starts_on < until
    ]
    kept = hours_queries.holidays_of(coach.id, first, until - timedelta(days=1))
    return away + [f"{day:%a %-d %b} is a holiday: {name}." for day, name in kept.items()]
