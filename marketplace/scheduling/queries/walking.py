"""Coaches in the order in which they become free, straight from the index of free ranges and no further than needed.

A coach stands where the first free range begins in which one of her offerings fits: at the range's own start, or
where a window or her notice lets it begin. Where what is wanted leaves few offerings, each of them is asked for its
first range. Otherwise the ranges are walked by their start, stretch of time after stretch: within one, those that have
begun before it come first, then those that begin in it. In both it is PostgreSQL that stops once a page is full.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from marketplace.coaches import queries as coaches
from marketplace.scheduling.queries.asking import by_name, executed
from marketplace.scheduling.queries.wishes import Wish
from marketplace.scheduling.rules.openings import Interval
from marketplace.scheduling.rules.slots import Free

# Each of so few offerings is asked for its first free range; a set of so many is not looked into.
FEW, MANY = 400, 5000
RANGE = "f.starts_at, f.ends_at, f.clear_from, f.clear_until, f.schedule_id"


class Place(NamedTuple):
    """Where somebody stands: when she is free; of several at once first who has been free before, then by schedule."""

    free_at: datetime
    begins: datetime
    schedule_id: uuid.UUID

    def comes_after(self, other: "Place") -> bool:
        """Does it come later in the order, which is that of the index, backwards among those who have been free?"""
        if self.free_at != other.free_at:
            return self.free_at > other.free_at
        begun, other_begun = self.begins < self.free_at, other.begins < other.free_at
        if begun != other_begun:
            return other_begun
        if begun:
            return (self.begins, self.schedule_id) < (other.begins, other.schedule_id)
        return self.schedule_id > other.schedule_id


class Met(NamedTuple):
    """Where a coach stands, and the free range in which she was met there (UTC)."""

    place: Place
    free: Free


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


# One step through the index for each notice, however many offerings there are. Plans are made once for all: little of
# them hangs on what is wished, and making one takes as long as running it.
BEGINNING = """
with recursive step(hours) as (
    (select min(notice_hours) from listed_offerings)
    union all
    select (select min(notice_hours) from listed_offerings where notice_hours > step.hours)
    from step where step.hours is not null
)
select array(select hours from step where hours is not null) as notices,
       set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('pg_trgm.word_similarity_threshold', :spelling, true)
"""
# A session lies in its range and in the window, its buffers meet nothing, and notice and horizon allow it.
FITS = """
greatest(f.starts_at, f.clear_from + make_interval(mins => l.buffer_before_minutes), w.opens,
         :now + make_interval(hours => l.notice_hours))
<= least(f.ends_at, w.closes, f.clear_until - make_interval(mins => l.buffer_after_minutes))
   - make_interval(mins => l.minutes)
and greatest(w.opens, f.starts_at) <= :now + make_interval(days => l.horizon_days)
"""
STANDS = "greatest(f.starts_at, w.opens, :now + make_interval(hours => l.notice_hours))"
ORDER = """
f.free_at, f.starts_at >= f.free_at, f.starts_at desc, case when f.starts_at < f.free_at then f.schedule_id end desc,
f.schedule_id
"""
BEYOND = """
({0} > :free_at or {0} = :free_at and case
    when f.starts_at < {0} then :begins < :free_at and (f.starts_at, f.schedule_id) < (:begins, :schedule_id)
    else :begins < :free_at or f.schedule_id > :schedule_id end)
"""
RANGE = "f.starts_at, f.ends_at, f.clear_from, f.clear_until, f.schedule_id"
# The offerings that fit, as far as it helps to know them.
FITTING = """
fitting as materialized (
    select coach_id, schedule_id, minutes, notice_hours, horizon_days, buffer_before_minutes, buffer_after_minutes
    from <listed> l where <fitting> limit :many
),
size as materialized (select count(*) <= :few as few, count(*) = :many as many from fitting)
"""
# Each of few offerings is asked for its first range. Ranges of one schedule do not overlap: of those that have begun,
# only the last can go on.
FEW_FIRST = f"""
select * from (
    select distinct on (l.coach_id) f.*, l.coach_id from fitting l cross join lateral (
        select {STANDS} as free_at, {RANGE} from (
            (select * from free_ranges r where r.schedule_id = l.schedule_id and r.starts_at <= :first
             order by r.starts_at desc limit 1)
            union all
            (select * from free_ranges r where r.schedule_id = l.schedule_id and r.starts_at > :first
             and r.starts_at < :last order by r.starts_at)
        ) f cross join lateral (
            select * from unnest(:opens, :closes) as w(opens, closes)
            where f.starts_at < w.closes and f.ends_at > w.opens and {FITS} limit 1
        ) w limit 1
    ) f where (select few from size) order by l.coach_id, {ORDER}
) f where <beyond> order by {ORDER} limit :most
"""  # noqa: S608  conditions of our own
# Ranges are walked, each is asked for an offering that fits, and the limit ends it: a union and a nested loop keep the
# order. Those who could begin in an earlier stretch have been met in it, unless their range begins later.
WALKED = f"""
select f.* from unnest(:at, :until, :since, :before, :newly, :upto) as w(at, until, opens, closes, newly, upto)
cross join lateral (
    select greatest(f.starts_at, w.at) as free_at, {RANGE}, x.coach_id from (<ranges>) f cross join lateral (
        select l.coach_id from listed_offerings l where l.schedule_id = f.schedule_id and l.notice_hours <= w.upto
        and (l.notice_hours >= w.newly or f.starts_at >= w.at) and {FITS} and <wanted> limit 1
    ) x where <beyond> limit :most
) f where <walked> limit :most
"""  # noqa: S608  conditions of our own
STRETCHES = ("at", "until", "since", "before", "newly", "upto")
HAS_BEGUN = "f.starts_at < w.at and f.ends_at > w.at"
# Long ones, which began long before, have indexes of their own, so that nobody else's are read that far back.
WAYS = (
    (" desc", f"{HAS_BEGUN} and f.starts_at > w.at - interval '4 hours'"),
    (
        " desc",
        f"{HAS_BEGUN} and f.starts_at <= w.at - interval '4 hours' and f.starts_at > w.at - interval '1 day' "
        "and f.ends_at - f.starts_at > interval '4 hours'",
    ),
    (
        " desc",
        f"{HAS_BEGUN} and f.starts_at <= w.at - interval '1 day' and f.ends_at - f.starts_at > interval '1 day'",
    ),
    ("", "f.starts_at >= w.at and f.starts_at < w.until"),
)
# `is true` keeps the planner from joining: the set is hashed once and looked into at each range of the walk.
IN_SET = "and ((select many from size) or f.schedule_id in (select schedule_id from fitting) is true)"


def _asked(wish: Wish, *, going_on: bool) -> str:
    """The statement of one batch: of few the firsts, of many a walk."""
    as_set = wish.is_about_coaches
    ahead = {" desc": "and w.at >= :free_at", "": "and f.starts_at >= :free_at"} if going_on else {}
    ranges = " union all ".join(
        f"(select {RANGE} from free_ranges f where {condition} {ahead.get(way, '')} {IN_SET if as_set else ''} "  # noqa: S608
        f"order by f.starts_at{way}, f.schedule_id{way})"
        for way, condition in WAYS
    )
    walked = WALKED.replace("<ranges>", ranges).replace("<walked>", "(select not few from size)" if as_set else "true")
    walked = walked.replace("<beyond>", BEYOND.format("greatest(f.starts_at, w.at)") if going_on else "true")
    few = FEW_FIRST.replace("<beyond>", BEYOND.format("f.free_at") if going_on else "true")
    statement = f"with {FITTING} ({few}) union all ({walked})" if as_set else walked
    listed, fitting = wish.listed()
    statement = statement.replace("<listed>", listed).replace("<fitting>", _all(fitting))
    return statement.replace("<wanted>", _all(wish.conditions()))


def _all(conditions: Iterable[str]) -> str:
    return " and ".join(conditions) or "true"


@dataclass
class Walk:
    """One search, as of `now`: a wish, and the windows in which a session must lie, in order."""

    wish: Wish
    windows: Sequence[Interval]
    now: datetime
    _cut: list[Stretch] | None = None

    def __post_init__(self) -> None:
        self._bound: dict[str, Any] = {"now": self.now}
        for bound in (*self.wish.conditions().values(), *self.wish.listed()[1].values()):
            self._bound |= bound

    def rows(self, after: Place | None, most: int) -> tuple[list[Any], Place | None]:
        """Up to `most` free ranges with their coaches, in order, and how far they are complete (None: to the end)."""
        ahead = [one for one in self._stretches() if after is None or one.until > after.free_at]
        if not ahead:
            return [], None
        asked = _asked(self.wish, going_on=after is not None)
        bound = self._bound | by_name(self.windows, "opens", "closes") | by_name(ahead, *STRETCHES)
        bound |= {"first": self.windows[0][0], "last": self.windows[-1][1], "few": FEW, "many": MANY, "most": most}
        bound |= after._asdict() if after else {}
        found = executed(asked, bound).all()
        places = [place_of(row) for row in found]
        # That a nested loop and a union keep their order is how PostgreSQL works, not what SQL promises.
        if any(one.comes_after(other) for one, other in pairwise(places)):
            raise RuntimeError("free ranges came out of order")
        return list(found), places[-1] if len(places) == most else None

    def _stretches(self) -> list[Stretch]:
        if self._cut is None:
            notices = executed(BEGINNING, {"spelling": coaches.SPELLING}).scalar_one()
            self._cut = stretches(self.windows, notices, self.now)
        return self._cut

    def stood_before(self, coach_ids: Sequence[uuid.UUID], place: Place) -> set[uuid.UUID]:
        """Which of these coaches stand at `place` or before it."""
        wanted = _all(self.wish.conditions())
        chosen = (
            "select distinct l.coach_id from listed_offerings l join free_ranges f on f.schedule_id = l.schedule_id "  # noqa: S608  all is bound
            "join unnest(:opens, :closes) as w(opens, closes) on f.starts_at < w.closes and f.ends_at > w.opens "
            f"where l.coach_id = any(:ids) and {FITS} and {wanted} and not {BEYOND.format(STANDS)}"
        )
        windows = [window for window in self.windows if window[0] <= place.free_at]
        bound = {**self._bound, **by_name(windows, "opens", "closes"), **place._asdict(), "ids": list(coach_ids)}
        return set(executed(chosen, bound).scalars())


def place_of(row: Any) -> Place:
    """Where a row stands."""
    return Place(row.free_at, row.starts_at, row.schedule_id)


def met(row: Any) -> Met:
    """Where a row's coach stands, and in which free range."""
    times = (row.starts_at, row.ends_at, row.clear_from, row.clear_until)
    return Met(place_of(row), Free(*(instant.astimezone(UTC) for instant in times)))
