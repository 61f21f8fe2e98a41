"""Commands: the date overrides of a schedule, all at once or one by one."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Invalid, NotFound
from marketplace.scheduling.models import DateOverride
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.rules.hours import Override
from marketplace.scheduling.service.projection import expand
from marketplace.scheduling.service.weekly_hours import checked_overrides, schedule_key

FIELDS = ("date", "kind", "start", "end")


@transactional
def set_overrides(
    user: User, *, overrides: Sequence[Mapping[str, Any]], schedule_id: uuid.UUID | None = None
) -> list[Override]:
    """Replace the date overrides of a schedule from today on.

    Each is {"date": date, "kind": "closed" | "hours" | "extra", "start": "09:00", "end": "12:00"}, a closed day without
    times; of one date several. Raises Invalid with a field like 'overrides.1.end'.
    """
    coach = hours_queries.coach_and_lock(user)
    schedule = schedule_key(coach, schedule_id)
    today = _today(coach)
    given = checked_overrides(overrides, today)
    session().execute(delete(DateOverride).where(DateOverride.schedule_id == schedule, DateOverride.date >= today))
    if given:
        session().execute(insert(DateOverride).values([_row(schedule, override) for override in given]))
    expand(coach)
    audit.record(user.id, "coach.dates_set", coach.id, dates=len({override.date for override in given}))
    return sorted(given, key=lambda override: (override.date, override.kind, override.start_minute or 0))


@transactional
def add_override(
    user: User, *, date: date, kind: str, start: str = "", end: str = "", schedule_id: uuid.UUID | None = None
) -> Override:
    """Add one override of a date, as in `set_overrides`. Raises Invalid naming date, kind, start or end."""
    coach = hours_queries.coach_and_lock(user)
    schedule = schedule_key(coach, schedule_id)
    today = _today(coach)
    known = [_as_given(override) for override in hours_queries.overrides_of(schedule, since=today)]
    try:
        added = checked_overrides([*known, {"date": date, "kind": kind, "start": start, "end": end}], today)[-1]
    except Invalid as refusal:
        # All that was there is well, so whatever is wrong is wrong with the one that came.
        fields = {name.rpartition(".")[2]: sentences for name, sentences in refusal.fields.items()}
        raise Invalid(None, **{name if name in FIELDS else "date": said for name, said in fields.items()}) from refusal
    session().execute(insert(DateOverride).values(_row(schedule, added)))
    expand(coach)
    audit.record(user.id, "coach.date_added", coach.id, date=str(date), kind=kind)
    return added


@transactional
def remove_override(user: User, *, override_id: uuid.UUID) -> None:
    """Remove one override: the week holds again on that date. Raises NotFound."""
    coach = hours_queries.coach_and_lock(user)
    override = hours_queries.own_override(coach, override_id)
    session().delete(override)
    session().flush()
    expand(coach)
    audit.record(user.id, "coach.date_removed", coach.id, date=str(override.date), kind=override.kind)


@transactional
def clear_date(user: User, *, schedule_id: uuid.UUID, date: date) -> None:
    """Remove all overrides of one date: the week holds again. NotFound where there are none."""
    coach = hours_queries.coach_and_lock(user)
    schedule = schedule_key(coach, schedule_id)
    said = delete(DateOverride).where(DateOverride.schedule_id == schedule, DateOverride.date == date)
    if not session().execute(said.returning(DateOverride.id)).all():
        raise NotFound
    expand(coach)
    audit.record(user.id, "coach.date_removed", coach.id, date=str(date))


def _today(coach: Coach) -> date:
    return clock.now().astimezone(ZoneInfo(coach.timezone)).date()


def _as_given(override: Override) -> dict[str, Any]:
    return {"date": override.date, "kind": override.kind, "start": override.start, "end": override.end}


def _row(schedule: uuid.UUID, override: Override) -> dict[str, Any]:
    minutes = {"start_minute": override.start_minute, "end_minute": override.end_minute}
    return {"id": uuid7(), "schedule_id": schedule, "date": override.date, "kind": override.kind} | minutes
