"""Commands: time off, public holidays, and limits over all of a coach's offerings."""

import uuid
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.coaches.rules import limit_problems
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Invalid
from marketplace.languages import gettext as _
from marketplace.scheduling.models import Availability, TimeOff
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.rules import openings as opening_rules
from marketplace.scheduling.rules import public_holidays
from marketplace.scheduling.rules.limits import SessionLimits
from marketplace.scheduling.service.projection import expand

MOST_ABSENCES = 100
LONGEST_NOTE = 200
FARTHEST = timedelta(days=731)


@transactional
def add_time_off(user: User, *, starts_on: date, ends_on: date, note: str = "") -> TimeOff:
    """Let nobody book the coach from one local date to another, both whole; the note is for the coach alone.

    What is booked stays booked. Raises Invalid.
    """
    coach = hours_queries.coach_and_lock(user)
    today = clock.now().astimezone(ZoneInfo(coach.timezone)).date()
    if ends_on < starts_on:
        raise Invalid(ends_on=_("The last day does not come before the first."))
    if ends_on < today or ends_on > today + FARTHEST:
        raise Invalid(ends_on=_("Name a last day from today on, within two years."))
    if len(note) > LONGEST_NOTE:
        raise Invalid(note=_("Keep this within %(most)s characters.", most=LONGEST_NOTE))
    if len(hours_queries.time_off_of(coach.id, today)) >= MOST_ABSENCES:
        raise Invalid(starts_on=_("Keep at most %(most)s of these.", most=MOST_ABSENCES))
    begins, ends = opening_rules.day_bounds(coach.timezone, starts_on, ends_on)
    away = TimeOff(id=uuid7(), coach_id=coach.id, starts_on=starts_on, ends_on=ends_on, note=note.strip())
    away.starts_at, away.ends_at = begins, ends
    session().add(away)
    session().flush()
    audit.record(user.id, "coach.time_off_added", coach.id, starts_on=str(starts_on), ends_on=str(ends_on))
    return away


@transactional
def remove_time_off(user: User, *, time_off_id: uuid.UUID) -> None:
    """Take time off back. Raises NotFound."""
    coach = hours_queries.coach_and_lock(user)
    away = hours_queries.own_time_off(coach, time_off_id)
    session().delete(away)
    session().flush()
    audit.record(user.id, "coach.time_off_removed", coach.id, starts_on=str(away.starts_on), ends_on=str(away.ends_on))


@transactional
def keep_holidays(user: User, *, country: str | None, region: str | None = None) -> None:
    """Be closed on the public holidays of a country (ISO 3166) and maybe of one of its regions; None: on none."""
    coach = hours_queries.coach_and_lock(user)
    country, region = (country or "").strip().upper() or None, (region or "").strip() or None
    if country is not None and country not in public_holidays.COUNTRIES:
        raise Invalid(country=_("Choose a country of the list."))
    if region is not None and (country is None or region not in public_holidays.COUNTRIES[country]):
        raise Invalid(region=_("Choose a region of this country, or none."))
    _write(coach.id, {"holiday_country": country, "holiday_region": region})
    expand(coach)
    audit.record(user.id, "coach.holidays_set", coach.id, country=country, region=region)


@transactional
def set_limits(user: User, **limits: int | None) -> SessionLimits:
    """How much a coach does at most over all offerings; names as in `SessionLimits`, None or left out: no limit."""
    coach = hours_queries.coach_and_lock(user)
    given = SessionLimits(**limits)
    problems = limit_problems(vars(given))
    if problems:
        raise Invalid(None, **problems)
    _write(coach.id, vars(given))
    audit.record(user.id, "coach.limits_set", coach.id, **vars(given))
    return given


def _write(coach_id: uuid.UUID, values: dict[str, Any]) -> None:
    written = insert(Availability).values(coach_id=coach_id, **values)
    session().execute(written.on_conflict_do_update(index_elements=["coach_id"], set_=values))
