"""/coach/unpaid-time: minutes that you gave away, and your year."""

import uuid
from typing import Any

from flask import url_for

from marketplace import clock
from marketplace.api.auth import needs
from marketplace.api.idempotency import idempotent
from marketplace.api.resource import Resource
from marketplace.coaches import queries as coaches
from marketplace.errors import NotFound
from marketplace.http import actor
from marketplace.unpaid_time import queries
from marketplace.unpaid_time.models import UnpaidEntry, UnpaidTimer
from marketplace.unpaid_time.rules.years import CoachYear
from marketplace.unpaid_time.schemas import (
    CoachYearSchema,
    RunningTimerSchema,
    TimerSchema,
    UnpaidEntriesSchema,
    UnpaidEntrySchema,
    UnpaidMinutesSchema,
    UnpaidQuerySchema,
    listed,
)
from marketplace.unpaid_time.service import entries, timers

bp = Resource("unpaid_time_api", __name__, url_prefix="/api/v1/coach", description="Minutes that coaches give away")


@bp.get("/unpaid-time")
@needs("read")
@bp.arguments(UnpaidQuerySchema, location="query")
@bp.response(200, UnpaidEntriesSchema)
def list_unpaid_time(wanted: dict[str, Any]) -> dict[str, Any]:
    """The minutes that you gave away, the last written first, and the timer that runs."""
    coach = coaches.profile_of(actor())
    return listed(queries.page_of(coach, **wanted), queries.timer_of(coach))


@bp.post("/unpaid-time")
@needs("write")
@idempotent
@bp.arguments(UnpaidMinutesSchema)
@bp.response(201, UnpaidEntrySchema)
def log_unpaid_time(fields: dict[str, Any]) -> tuple[UnpaidEntry, dict[str, str]]:
    """Write down minutes that you gave away. Their value is that of your rate card now."""
    return entries.log(actor(), **fields), {"Location": url_for(".list_unpaid_time")}


@bp.post("/unpaid-time/<uuid:unpaid_id>/reverse")
@needs("write")
@bp.response(200, UnpaidEntrySchema)
@bp.alt_response(409, description="It was taken back already, or follows from a session")
def reverse_unpaid_time(unpaid_id: uuid.UUID) -> UnpaidEntry:
    """Take minutes back; answers with the entry that cancels them."""
    return entries.reverse(actor(), entry_id=unpaid_id)


@bp.post("/unpaid-timer")
@needs("write")
@bp.arguments(TimerSchema)
@bp.response(201, RunningTimerSchema)
@bp.alt_response(409, description="A timer runs already")
def start_unpaid_timer(fields: dict[str, Any]) -> UnpaidTimer:
    """Start your timer. It stops by itself after four hours."""
    return timers.start(actor(), **fields)


@bp.post("/unpaid-timer/stop")
@needs("write")
@bp.response(200, UnpaidEntrySchema)
@bp.alt_response(409, description="No timer runs")
def stop_unpaid_timer() -> UnpaidEntry:
    """Stop your timer; its minutes are written down."""
    return timers.stop(actor())


@bp.delete("/unpaid-timer")
@needs("write")
@bp.response(204)
@bp.alt_response(409, description="No timer runs")
def discard_unpaid_timer() -> None:
    """Stop your timer, and write nothing down."""
    timers.discard(actor())


@bp.get("/years/<int:number>")
@needs("read")
@bp.response(200, CoachYearSchema)
def get_coach_year(number: int) -> CoachYear:
    """What was asked of you in a year, what became of it, and what an hour of your work came to."""
    coach = coaches.profile_of(actor())
    if number not in queries.years_of(coach, today=clock.today(coach.timezone)):
        raise NotFound
    return queries.year_of(coach, number)
