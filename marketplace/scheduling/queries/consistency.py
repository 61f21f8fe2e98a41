"""Whether openings and free ranges as kept are what would be computed from scratch."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from marketplace.coaches.models import Coach, Schedule
from marketplace.db import session
from marketplace.scheduling.models import FreeRange, Opening
from marketplace.scheduling.queries.claims import claims_of
from marketplace.scheduling.queries.hours import availability_of, plans_of
from marketplace.scheduling.rules import openings as opening_rules
from marketplace.scheduling.rules import slots as slot_rules
from marketplace.scheduling.rules.openings import Interval
from marketplace.scheduling.rules.slots import REACH, FreeSpan


@dataclass(frozen=True)
class FreeTimeDifference:
    """Ranges of one schedule that are kept and should not be, or should be and are not; `what`: openings or free."""

    schedule_id: uuid.UUID
    what: str
    too_much: Sequence[tuple[datetime, ...]]
    missing: Sequence[tuple[datetime, ...]]


def coaches_with_hours() -> Sequence[uuid.UUID]:
    """The coaches who have written hours."""
    return session().scalars(select(Schedule.coach_id).distinct().order_by(Schedule.coach_id)).all()


def differences(coach: Coach) -> list[FreeTimeDifference]:
    """Where what is kept for a coach is not what is computed from scratch. Lock the coach first.

    None where nothing is kept yet, or the zone has just changed: then free times are computed for every question.
    """
    kept = availability_of(coach.id)
    if kept.covered_from is None or kept.covered_until is None or kept.zone != coach.timezone:
        return []
    plans = plans_of(coach)
    claims = claims_of(coach.id, kept.covered_from - 2 * REACH, kept.covered_until + 2 * REACH)
    openings, free = kept_openings(coach.id), _kept_free(coach.id)
    found = []
    for key in sorted({*plans, *openings, *free}):
        expected = opening_rules.openings(plans[key], kept.covered_from, kept.covered_until) if key in plans else []
        found += _compared(key, "openings", openings.get(key, []), expected)
        found += _compared(key, "free", free.get(key, []), slot_rules.free_ranges(expected, claims))
    return found


def _compared(
    key: uuid.UUID, what: str, kept: Sequence[tuple[datetime, ...]], expected: Sequence[tuple[datetime, ...]]
) -> list[FreeTimeDifference]:
    too_much, missing = sorted(set(kept) - set(expected)), sorted(set(expected) - set(kept))
    return [FreeTimeDifference(key, what, too_much, missing)] if too_much or missing else []


def kept_openings(coach_id: uuid.UUID) -> dict[uuid.UUID, list[Interval]]:
    """The openings as they are kept, by schedule."""
    chosen = select(Opening.schedule_id, Opening.starts_at, Opening.ends_at).where(Opening.coach_id == coach_id)
    found: dict[uuid.UUID, list[Interval]] = {}
    for schedule_id, starts_at, ends_at in session().execute(chosen):
        found.setdefault(schedule_id, []).append((starts_at, ends_at))
    return found


def _kept_free(coach_id: uuid.UUID) -> dict[uuid.UUID, list[FreeSpan]]:
    mine = select(Opening.schedule_id).where(Opening.coach_id == coach_id)
    schedules = select(Schedule.id).where(Schedule.coach_id == coach_id)
    columns = (FreeRange.starts_at, FreeRange.ends_at, FreeRange.clear_from, FreeRange.clear_until)
    chosen = select(FreeRange.schedule_id, *columns).where(FreeRange.schedule_id.in_(mine.union(schedules)))
    found: dict[uuid.UUID, list[FreeSpan]] = {}
    for schedule_id, *times in session().execute(chosen):
        found.setdefault(schedule_id, []).append(FreeSpan(*times))
    return found
