"""Hours are expanded into openings, of which PostgreSQL keeps what is free.

Nightly the horizon moves on by a day, and all that is kept is compared with what would be computed."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts import service as accounts
from marketplace.audit import service as audit
from marketplace.coaches.models import Coach, Offering
from marketplace.db import session, transactional
from marketplace.errors import NotFound
from marketplace.scheduling.models import Availability, FreeRange, Opening
from marketplace.scheduling.queries import consistency as free_time_consistency
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.queries.consistency import kept_openings
from marketplace.scheduling.rules import openings as opening_rules

SHORTEST_HORIZON_DAYS = 60
# A day until the next roll, and the length of the longest session that starts on the last.
SPARE_DAYS = 2
MOST_TOLD = 50

Placed = tuple[uuid.UUID, datetime, datetime]

log = structlog.get_logger()

_CLOSE = text("""
delete from openings o
using unnest(cast(:schedules as uuid[]), cast(:starts as timestamptz[])) g (schedule_id, starts_at)
where o.coach_id = :coach_id and o.schedule_id = g.schedule_id and o.starts_at = g.starts_at
""")
_FORGET = text("""
delete from free_ranges f
using unnest(cast(:schedules as uuid[]), cast(:starts as timestamptz[]), cast(:ends as timestamptz[]))
    g (schedule_id, starts_at, ends_at)
where f.schedule_id = g.schedule_id and f.starts_at >= g.starts_at and f.starts_at < g.ends_at
""")
_OPEN = text("""
insert into openings (coach_id, schedule_id, starts_at, ends_at)
select :coach_id, g.*
from unnest(cast(:schedules as uuid[]), cast(:starts as timestamptz[]), cast(:ends as timestamptz[])) g
""")
_REFRESH = text("""
select refresh_free_ranges(:coach_id, g.starts_at, g.ends_at)
from unnest(cast(:starts as timestamptz[]), cast(:ends as timestamptz[])) g (starts_at, ends_at)
""")


def expand(coach: Coach) -> None:
    """Bring a coach's openings in step with the hours, from today to the longest horizon. Lock the coach first.

    What has not changed is not touched, so that rolling on by a day costs a day.
    """
    zone = ZoneInfo(coach.timezone)
    today = clock.now().astimezone(zone).date()
    begins, ends = opening_rules.day_bounds(
        coach.timezone, today, today + timedelta(days=_horizon_days(coach) + SPARE_DAYS)
    )
    _place_time_off(coach)
    expected = {
        (key, *opening)
        for key, plan in hours_queries.plans_of(coach).items()
        for opening in opening_rules.openings(plan, begins, ends)
    }
    kept = {(key, *opening) for key, found in kept_openings(coach.id).items() for opening in found}
    _close(coach.id, kept - expected)
    _open(coach.id, expected - kept)
    covered = {"zone": coach.timezone, "covered_from": begins, "covered_until": ends}
    written = insert(Availability).values(coach_id=coach.id, **covered)
    session().execute(written.on_conflict_do_update(index_elements=["coach_id"], set_=covered))


def _horizon_days(coach: Coach) -> int:
    longest = select(func.max(Offering.horizon_days)).where(Offering.coach_id == coach.id, Offering.active)
    return max(session().scalar(longest) or 0, SHORTEST_HORIZON_DAYS)


def _place_time_off(coach: Coach) -> None:
    """Dates of time off are of the coach's zone, so that they move with it."""
    for away in hours_queries.time_off_of(coach.id, clock.now().date()):
        bounds = opening_rules.day_bounds(coach.timezone, away.starts_on, away.ends_on)
        if bounds != (away.starts_at, away.ends_at):
            away.starts_at, away.ends_at = bounds
    session().flush()


def _close(coach_id: uuid.UUID, gone: Collection[Placed]) -> None:
    if gone:
        session().execute(_CLOSE, {"coach_id": coach_id, **_arrays(gone)})
        session().execute(_FORGET, _arrays(gone))


def _open(coach_id: uuid.UUID, come: Collection[Placed]) -> None:
    if come:
        session().execute(_OPEN, {"coach_id": coach_id, **_arrays(come)})
        stretches = _stretches(come)
        arrays = {"starts": [begins for begins, _ in stretches], "ends": [ends for _, ends in stretches]}
        session().execute(_REFRESH, {"coach_id": coach_id, **arrays})


def _arrays(placed: Collection[Placed]) -> dict[str, list[object]]:
    return {name: [one[at] for one in placed] for at, name in enumerate(("schedules", "starts", "ends"))}


def _stretches(placed: Collection[Placed]) -> list[opening_rules.Interval]:
    """Few intervals that cover what is new, each of openings less than two days apart."""
    found: list[opening_rules.Interval] = []
    for _, begins, ends in sorted(placed, key=lambda one: one[1]):
        if found and begins - found[-1][1] < timedelta(days=2):
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return found


@transactional
def expand_openings(coach_id: str) -> None:
    """Expand a coach's openings as a job: after a change of zone or horizon, and nightly for another day."""
    expand(_locked(uuid.UUID(coach_id)))


def roll_openings() -> None:
    """Move every coach's openings on to today and the horizon, each in a transaction of its own."""
    for coach_id in free_time_consistency.coaches_with_hours():
        expand_openings(str(coach_id))


def check_free_ranges() -> None:
    """Compare what is kept with what is computed from scratch, for every coach; admins are told what differs.

    Nothing is repaired: whoever reads the mail decides, and finds the cause while it can still be seen.
    """
    differing = [sentence for coach_id in free_time_consistency.coaches_with_hours() for sentence in _prove(coach_id)]
    if differing:
        log.error("free_time.differs", coaches=len(differing))
        _tell_admins(differing)


@transactional
def _prove(coach_id: uuid.UUID) -> list[str]:
    coach = _locked(coach_id)
    found = free_time_consistency.differences(coach)
    if not found:
        return []
    counts = {
        what: sum(len(each.too_much) + len(each.missing) for each in found if each.what == what)
        for what in ("openings", "free")
    }
    audit.record(None, "coach.free_time_differs", coach.id, **counts)
    return [f"@{coach.handle}: {counts['openings']} openings, {counts['free']} free ranges"]


@transactional
def _tell_admins(differing: list[str]) -> None:
    accounts.notify_admins(
        template="free_time_differs",
        key=f"free_time_differs:{clock.now().date()}",
        coaches=differing[:MOST_TOLD],
        more=max(len(differing) - MOST_TOLD, 0),
    )


@transactional
def repair_free_ranges(handle: str) -> int:
    """Throw away what is kept for one coach, the listing included, and work it out anew; how many schedules differed.

    For operators.
    """
    known = session().scalar(select(Coach.id).where(Coach.handle == handle))
    if known is None:
        raise NotFound
    coach = _locked(known)
    differed = {each.schedule_id for each in free_time_consistency.differences(coach)}
    for key in {*differed, *kept_openings(coach.id)}:
        session().execute(delete(FreeRange).where(FreeRange.schedule_id == key))
    session().execute(delete(Opening).where(Opening.coach_id == coach.id))
    expand(coach)
    session().execute(select(func.list_offerings(coach.id)))
    audit.record(None, "coach.free_time_repaired", coach.id, schedules=len(differed))
    return len(differed)


def _locked(coach_id: uuid.UUID) -> Coach:
    coach = session().get(Coach, coach_id, with_for_update={"of": Coach, "key_share": True}, populate_existing=True)
    if coach is None:
        raise NotFound
    return coach
