"""Coaches in the order in which they become free, straight from the index of free ranges and no further than needed.

A coach stands where the first free range begins in which one of her offerings fits: at the range's own start, or
where a window or her notice lets it begin. Where what is wanted leaves few offerings, each of them is asked for its
first range. Otherwise the ranges are walked by their start, stretch of time after stretch: within one, those that have
begun before it come first, then those that begin in it. In both it is PostgreSQL that stops once a page is full.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import CursorResult

from marketplace.coaches import queries as coaches
from marketplace.db import session
from marketplace.scheduling.queries.wishes import Wish
from marketplace.scheduling.rules import Interval

NAME = re.compile(r"(?<![:\w]):([a-z_0-9]+)")
CASTS = {
    "ids": "::uuid[]", "schedule_id": "::uuid", "topics": "::text[]", "languages": "::text[]", "minutes": "::int",
    "max_price_cents": "::bigint", "kind": "::text", "currency": "::text", "notices": "::int[]",
    **dict.fromkeys(("at", "until", "opens", "closes"), "::timestamptz[]"),
    **dict.fromkeys(("now", "free_at", "begins"), "::timestamptz"),
    **dict.fromkeys(("newly", "upto"), "::int[]"),
}  # fmt: skip
# Each of so few offerings is asked for its first free range; of so many that an index finds, no set is made.
FEW, MANY = 400, 5000


class Place(NamedTuple):
    """Where somebody stands: when she is free; of several at once first whose range began last, then by schedule."""

    free_at: datetime
    begins: datetime
    schedule_id: uuid.UUID

    def comes_after(self, other: "Place") -> bool:
        """Does it come later in the order?"""
        if self.free_at != other.free_at:
            return self.free_at > other.free_at
        return (self.begins, self.schedule_id) < (other.begins, other.schedule_id)


class Stretch(NamedTuple):
    """A stretch [at, until) of the window [opens, closes): in it offerings may begin whose notice is `upto` hours or
    less. Those of `newly` hours or more could not before."""

    at: datetime
    until: datetime
    opens: datetime
    closes: datetime
    newly: int
    upto: int


def stretches(windows: Sequence[Interval], notices: Sequence[int], now: datetime) -> list[Stretch]:
    """Windows cut where offerings of one more notice (in hours, in order) may begin, in order of time."""
    found = []
    for opens, closes in windows:
        begun = [hours for hours in notices if now + timedelta(hours=hours) <= opens]
        inside = [(opens, 0, begun[-1])] if begun else []
        for hours in notices[len(begun) :]:
            if now + timedelta(hours=hours) < closes:
                inside.append((now + timedelta(hours=hours), hours, hours))
        ends = [*(at for at, *_ in inside[1:]), closes]
        found += [
            Stretch(at, until, opens, closes, newly, upto)
            for (at, newly, upto), until in zip(inside, ends, strict=False)
        ]
    return found


# A session lies in its range and in the window, its buffers meet nothing, and notice and horizon allow it.
FITS = """
greatest(f.starts_at, f.clear_from + make_interval(mins => l.buffer_before_minutes), w.opens,
         :now + make_interval(hours => l.notice_hours))
<= least(f.ends_at, w.closes, f.clear_until - make_interval(mins => l.buffer_after_minutes))
   - make_interval(mins => l.minutes)
and greatest(w.opens, f.starts_at) <= :now + make_interval(days => l.horizon_days)
"""
STANDS = "greatest(f.starts_at, w.opens, :now + make_interval(hours => l.notice_hours))"
ORDER = "order by free_at, starts_at desc, schedule_id desc"
BEYOND = "({0} > :free_at or {0} = :free_at and (f.starts_at, f.schedule_id) < (:begins, :schedule_id))"
# One step through the index for each notice, however many offerings there are.
NOTICES = """step(hours) as (
    (select min(notice_hours) from listed_offerings)
    union all
    select (select min(notice_hours) from listed_offerings where notice_hours > step.hours)
    from step where step.hours is not null
)"""
# Ranges of one schedule do not overlap: of those that have begun, only the last can go on.
FIRST = f"""
select {STANDS} as free_at, f.starts_at, f.schedule_id from unnest(:opens, :closes) as w(opens, closes)
cross join lateral (
    select * from (
        (select * from free_ranges r where r.schedule_id = l.schedule_id and r.starts_at <= w.opens
         order by r.starts_at desc limit 1)
        union all
        (select * from free_ranges r where r.schedule_id = l.schedule_id and r.starts_at > w.opens
         and r.starts_at < w.closes order by r.starts_at)
    ) f where f.ends_at > w.opens and {FITS} limit 1
) f limit 1
"""  # noqa: S608  conditions of our own
# How many offerings fit, and of few of them each coach's first range.
ASKED = f"""
with recursive {NOTICES},
fitting as materialized (select * from listed_offerings l where <wanted> limit :many),
size as materialized (select count(*) as fitting from fitting),
firsts as (
    select distinct on (l.coach_id) x.*, l.coach_id
    from fitting l cross join lateral ({FIRST}) x
    where (select fitting from size) <= :few
    order by l.coach_id, free_at, starts_at desc, schedule_id desc
)
select size.fitting, array(select hours from step where hours is not null) as notices, firsts.*
from size left join firsts on true {ORDER}
"""  # noqa: S608  conditions of our own
# `is true` keeps the planner from joining: the set is hashed once and looked into at each range of the walk.
SET = "with fitting as materialized (select l.schedule_id from listed_offerings l where <wanted>)"
IN_SET = "and (f.schedule_id in (select schedule_id from fitting) is true)"
# `limit` keeps the order: ranges are walked, each is asked for an offering that fits, and the outer limit ends it.
WAY = """
(select {free_at} as free_at, f.starts_at, f.schedule_id, x.coach_id
from (select * from free_ranges f where {ranges} <in set> order by f.starts_at {way}, f.schedule_id desc) f
cross join lateral (
    select l.coach_id from listed_offerings l
    where l.schedule_id = f.schedule_id and l.notice_hours <= w.upto and {offerings} and {fits} and <wanted> limit 1
) x where {beyond} limit :most)
"""
BEGUN = "f.starts_at <= w.at and f.ends_at > w.at"
# Long ones, which began long before, have indexes of their own, so that nobody else's are read that far back.
WAYS = (
    ("w.at", "desc", f"{BEGUN} and f.starts_at > w.at - interval '4 hours'"),
    (
        "w.at",
        "desc",
        f"{BEGUN} and f.starts_at <= w.at - interval '4 hours' and f.starts_at > w.at - interval '1 day' "
        "and f.ends_at - f.starts_at > interval '4 hours'",
    ),
    (
        "w.at",
        "desc",
        f"{BEGUN} and f.starts_at <= w.at - interval '1 day' and f.ends_at - f.starts_at > interval '1 day'",
    ),
    ("f.starts_at", "asc", "f.starts_at > w.at and f.starts_at < w.until"),
)
# Those who could begin before have been met before, unless their range begins now.
NEWLY = "(l.notice_hours >= w.newly or f.starts_at = w.at)"


def _walk(*, going_on: bool, as_set: bool, wanted: str) -> str:
    ways = [
        WAY.format(
            free_at=free_at,
            way=way,
            ranges=f"{ranges} and {'f.starts_at' if way == 'asc' else 'w.at'} >= :free_at" if going_on else ranges,
            offerings="true" if way == "asc" else NEWLY,
            fits=FITS,
            beyond=BEYOND.format(free_at) if going_on else "true",
        )
        for free_at, way, ranges in WAYS
    ]
    walked = (
        f"{SET if as_set else ''} select x.* "  # noqa: S608  conditions of our own, all is bound
        "from unnest(:at, :until, :opens, :closes, :newly, :upto) as w(at, until, opens, closes, newly, upto) "
        f"cross join lateral ({' union all '.join(ways)} limit :most) x limit :most"
    )
    return walked.replace("<in set>", IN_SET if as_set else "").replace("<wanted>", wanted)


@dataclass
class Walk:
    """One search, as of `now`: a wish, and the windows in which a session must lie, in order."""

    wish: Wish
    windows: Sequence[Interval]
    now: datetime
    _notices: Sequence[int] = ()
    _fitting: int = 0

    def __post_init__(self) -> None:
        conditions = self.wish.conditions()
        self._wanted = " and ".join(conditions) or "true"
        self._bound: dict[str, Any] = {"now": self.now}
        for bound in conditions.values():
            self._bound |= bound

    def few(self) -> list[Any] | None:
        """Every coach who fits with her place, in order; None where they are too many to be asked one by one."""
        _executed(
            "select set_config('jit', 'off', true), set_config('pg_trgm.word_similarity_threshold', :spelling, true)",
            {"spelling": coaches.SPELLING},
        )
        asked = ASKED.replace("<wanted>", self._wanted if self.wish.is_about_coaches else "false")
        bound = {**self._bound, **_by_name(self.windows, "opens", "closes"), "few": FEW, "many": MANY}
        rows = _executed(asked, bound).all()
        self._notices = rows[0].notices
        self._fitting = rows[0].fitting if self.wish.is_about_coaches else MANY
        return None if self._fitting > FEW else [row for row in rows if row.coach_id is not None]

    def rows(self, after: Place | None, most: int) -> tuple[list[Any], Place | None]:
        """Up to `most` free ranges with their coaches, in order, and how far they are complete (None: to the end)."""
        ahead = [
            one
            for one in stretches(self.windows, self._notices, self.now)
            if after is None or one.until > after.free_at
        ]
        if not ahead:
            return [], None
        asked = _walk(going_on=after is not None, as_set=self._fitting < MANY, wanted=self._wanted)
        bound = {**self._bound, **_by_name(ahead, *Stretch._fields), **(after._asdict() if after else {}), "most": most}
        found = _executed(asked, bound).all()
        places = [place_of(row) for row in found]
        # That a nested loop and a union keep their order is how PostgreSQL works, not what SQL promises.
        if any(one.comes_after(other) for one, other in pairwise(places)):
            raise RuntimeError("free ranges came out of order")
        return list(found), places[-1] if len(places) == most else None

    def stood_before(self, coach_ids: Sequence[uuid.UUID], place: Place) -> set[uuid.UUID]:
        """Which of these coaches stand at `place` or before it."""
        chosen = (
            "select distinct l.coach_id from listed_offerings l join free_ranges f on f.schedule_id = l.schedule_id "  # noqa: S608  all is bound
            "join unnest(:opens, :closes) as w(opens, closes) on f.starts_at < w.closes and f.ends_at > w.opens "
            f"where l.coach_id = any(:ids) and {FITS} and {self._wanted} and not {BEYOND.format(STANDS)}"
        )
        windows = [window for window in self.windows if window[0] <= place.free_at]
        bound = {**self._bound, **_by_name(windows, "opens", "closes"), **place._asdict(), "ids": list(coach_ids)}
        return set(_executed(chosen, bound).scalars())


def place_of(row: Any) -> Place:
    """Where a row stands."""
    return Place(row.free_at, row.starts_at, row.schedule_id)


def _by_name(rows: Sequence[Sequence[Any]], *names: str) -> dict[str, list[Any]]:
    """Columns of rows."""
    return {name: [row[position] for row in rows] for position, name in enumerate(names)}


def _executed(statement: str, bound: dict[str, Any]) -> CursorResult[Any]:
    """The statement run with what of `bound` it names.

    It is handed to the driver as it is: there is nothing in it for SQLAlchemy to compile, and compiling it took longer
    than running it.
    """
    named = set(NAME.findall(statement))
    written = NAME.sub(lambda found: f"%({found[1]})s{CASTS.get(found[1], '')}", statement.replace("%", "%%"))
    return session().connection().exec_driver_sql(written, {name: bound[name] for name in named})
