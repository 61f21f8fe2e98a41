"""Coaches in the order in which they become free, straight from the index of free ranges and no further than needed.

A coach stands where the first free range begins in which one of her offerings fits: at the range's own start, or
where a window or her notice lets it begin. Ranges are walked by their start, and at each it is asked whether it fits.
Those that have begun before are looked for apart, a day back from the latest, and what lasts longer apart again. Where
what is wanted of a coach leaves a handful of them, these are asked instead.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CursorResult

from marketplace.coaches import queries as coaches
from marketplace.coaches import rules as coach_rules
from marketplace.db import session
from marketplace.scheduling.rules import Interval

DAY = timedelta(days=1)
NAME = re.compile(r"(?<![:\w]):([a-z_0-9]+)")
CASTS = {
    "ids": "::uuid[]", "fitting": "::uuid[]", "opens": "::timestamptz[]", "closes": "::timestamptz[]",
    "topics": "::text[]", "languages": "::text[]", "minutes": "::int", "max_price_cents": "::bigint", "kind": "::text",
    "currency": "::text",
}  # fmt: skip


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


@dataclass(frozen=True)
class Wish:
    """What is looked for; None: anything. Prices are minor units of `currency`, sessions last exactly `minutes`."""

    kind: str | None = None
    topic: str | None = None
    language: str | None = None
    text: str | None = None
    currency: str | None = None
    max_price_cents: int | None = None
    minutes: int | None = None

    def of_offerings(self) -> dict[str, Any]:
        """SQL on `o`, an offering, each with what it is bound to."""
        wanted: dict[str, dict[str, Any]] = {
            "o.kind = :kind": {"kind": self.kind},
            "o.minutes = :minutes": {"minutes": self.minutes},
            "o.currency = :currency": {"currency": self.currency},
            "o.price_cents <= :max_price_cents": {"max_price_cents": self.max_price_cents},
        }
        return {condition: bound for condition, bound in wanted.items() if None not in bound.values()}

    def of_coaches(self) -> dict[str, Any]:
        """SQL on `c`, a coach, each with what it is bound to."""
        wanted: dict[str, Any] = {}
        if self.topic:
            wanted["c.topics @> :topics"] = {"topics": [coach_rules.topic(self.topic)]}
        if self.language:
            code = coach_rules.language_code(self.language) or self.language
            wanted["c.languages @> :languages"] = {"languages": [code]}
        for number, word in enumerate((self.text or "").split()):
            said = f"(c.words @@ to_tsquery('simple', :begins_{number}) or :word_{number} <% c.names)"
            wanted[said] = {f"begins_{number}": coaches.beginning(word), f"word_{number}": word.lower()}
        return wanted


OFFERED = """
from offerings o
join coaches c on c.id = o.coach_id and c.status = 'approved'
join users u on u.id = c.user_id and u.active
join availability v on v.coach_id = c.id and v.zone = c.timezone
"""
# A session lies in its range, its buffers meet nothing, and notice and horizon allow it.
FITS = """
greatest(f.starts_at, f.clear_from + make_interval(mins => o.buffer_before_minutes), {opens},
         :now + make_interval(hours => o.notice_hours))
<= least(f.ends_at, {closes}, f.clear_until - make_interval(mins => o.buffer_after_minutes))
   - make_interval(mins => o.minutes)
and greatest({opens}, f.starts_at) <= :now + make_interval(days => o.horizon_days)
"""
LONG = "f.ends_at - f.starts_at > interval '1 day'"
# One step through the index for each notice, however many offerings there are.
# `max` makes the planner take the index of long ranges: it thinks a third of all are long, and would read them all.
PREPARED = f"""
with recursive step(hours) as (
    (select min(notice_hours) from offerings where active)
    union all
    select (select min(notice_hours) from offerings where active and notice_hours > step.hours)
    from step where step.hours is not null
)
select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
    set_config('pg_trgm.word_similarity_threshold', :threshold, true),
    array(select hours from step where hours is not null) as notices,
    (select max(f.starts_at) from free_ranges f where {LONG}) is not null as any_long,
    cast(array(select c.id from coaches c where <wanted> limit :many) as text) as fitting
"""  # noqa: S608  a condition of our own
# `is true` keeps the planner from joining: the set is hashed once and looked into at each range of the walk.
FITTING = "with fitting as materialized (select unnest(:fitting) as id)"
IS_FITTING = "(f.coach_id in (select id from fitting)) is true"
# `limit 1` keeps the order: the ranges are walked, each is asked for an offering, and the outer limit ends it.
BRANCH = """
(select # as branch, {free_at} as free_at, f.starts_at, f.schedule_id, x.coach_id
from (select * from free_ranges f where {ranges} order by f.starts_at {way}, f.schedule_id desc) f
cross join lateral (
    select o.coach_id {offered} where o.follows_id = f.schedule_id and o.active and {offerings} limit 1
) x limit {most})
"""
ORDER = "order by free_at, starts_at desc, schedule_id desc"
# Up to so many coaches are asked one by one; from so many on, nearly every range is somebody's who fits.
FEW, MANY = 100, 5000
BEYOND = "({0} > :free_at or {0} = :free_at and (f.starts_at, f.schedule_id) < (:begins, :schedule_id))"


@dataclass(frozen=True)
class Anchor:
    """The earliest moment in a window for offerings of some notice, and the SQL that says which these are."""

    at: datetime
    notice: str

    def ways(self, after: Place | None, *, any_long: bool) -> list[tuple[str, str, list[str]]]:
        """The ways to be free from here on: since when, in which order, and SQL on ranges; `#` numbers the branch."""
        begun = "cast(:anchor_# as timestamptz)"
        ways = [
            (begun, "desc", ["f.starts_at <= :anchor_#", "f.starts_at > :day_before_#", "f.ends_at > :anchor_#"]),
            (begun, "desc", ["f.starts_at <= :day_before_#", "f.ends_at > :anchor_#", LONG]),
            ("f.starts_at", "asc", ["f.starts_at > :anchor_#", "f.starts_at < :closes_#"]),
        ]
        if not any_long:
            del ways[1]
        if after is None:
            return ways
        if self.at < after.free_at:
            free_at, way, walked = ways[-1]
            ways = [(free_at, way, [*walked, "f.starts_at >= :free_at"])]
        return [(free_at, way, [*conditions, BEYOND.format(free_at)]) for free_at, way, conditions in ways]


class Walk:
    """One search, as of `now`: a wish, and the windows in which a session must lie, in order."""

    def __init__(self, wish: Wish, windows: Sequence[Interval], now: datetime) -> None:
        self.wish, self.windows, self.now = wish, windows, now
        offerings, of_coaches = wish.of_offerings(), wish.of_coaches()
        self._offerings, self._coaches = list(offerings), list(of_coaches)
        self._bound: dict[str, Any] = {"now": now}
        for bound in (*offerings.values(), *of_coaches.values()):
            self._bound |= bound
        self._notices: list[int] = []
        self._any_long, self._fitting = True, MANY

    def prepare(self) -> None:
        """For this transaction: plans made for these very values, spelling forgiven. Learn which notices there are,
        whether anybody is free for days on end, and how many coaches fit."""
        asked = PREPARED.replace("<wanted>", " and ".join(self._coaches) or "false")
        row = _executed(asked, {**self._bound, "threshold": coaches.SPELLING, "many": MANY}).one()
        self._notices, self._any_long = row.notices, row.any_long
        # As PostgreSQL writes it: thousands of ids go back as they came.
        self._bound["fitting"] = row.fitting
        self._fitting = row.fitting.count(",") + 1 if len(row.fitting) > 2 else 0
        if not self._coaches:
            self._fitting = MANY

    @property
    def are_few(self) -> bool:
        """Does what is wanted of a coach leave a handful?"""
        return self._fitting <= FEW

    def rows(self, windows: Sequence[Interval], after: Place | None, most: int) -> tuple[list[Any], Place | None]:
        """Up to `most` rows of each way to become free, in order, and how far they are complete (None: to the end)."""
        as_set = self._fitting < MANY
        branches: list[str] = []
        bound: dict[str, Any] = {**self._bound, **(after._asdict() if after else {})}
        for window in windows:
            for anchor in self._anchors(*window):
                for free_at, way, conditions in anchor.ways(after, any_long=self._any_long):
                    number = len(branches)
                    fits = FITS.format(opens=f":opens_{number}", closes=f":closes_{number}")
                    named = {
                        "anchor": anchor.at,
                        "day_before": anchor.at - DAY,
                        "opens": window[0],
                        "closes": window[1],
                    }
                    bound |= {f"{name}_{number}": instant for name, instant in named.items()}
                    branch = BRANCH.format(
                        free_at=free_at,
                        way=way,
                        ranges=" and ".join([*conditions, *([IS_FITTING] if as_set else [])]),
                        offered=OFFERED,
                        offerings=" and ".join(
                            [anchor.notice, fits, *self._offerings, *([] if as_set else self._coaches)]
                        ),
                        most=most,
                    )
                    branches.append(branch.replace("#", str(number)))
        if not branches:
            return [], None
        fitting = FITTING if as_set else ""
        ways = " union all ".join(branches)
        found = _executed(f"{fitting} select * from ({ways}) ways {ORDER}", bound).all()  # noqa: S608  all is bound
        full: dict[int, list[Any]] = {}
        for row in found:
            full.setdefault(row.branch, []).append(row)
        limit: Place | None = None
        for last in (place_of(rows[-1]) for rows in full.values() if len(rows) == most):
            limit = last if limit is None or limit.comes_after(last) else limit
        return [row for row in found if limit is None or not place_of(row).comes_after(limit)], limit

    def few(self, after: Place | None) -> list[Any]:
        """Every coach who fits with her place, in order, those up to `after` left out."""
        chosen = (
            f"select * from (select distinct on (o.coach_id) {STANDS} as free_at, f.starts_at, f.schedule_id, "  # noqa: S608
            f"o.coach_id {OFFERED} join free_ranges f on f.schedule_id = o.follows_id "
            "cross join unnest(:opens, :closes) as w(opens, closes) "
            f"where {' and '.join([*OVERLAPS, *self._offerings, *self._coaches])} "
            f"order by o.coach_id, free_at, f.starts_at desc, f.schedule_id desc) firsts {ORDER}"
        )
        found = _executed(chosen, self._bound | self._windows(self.windows)).all()
        return [row for row in found if after is None or place_of(row).comes_after(after)]

    def _anchors(self, opens: datetime, closes: datetime) -> list["Anchor"]:
        """From when on offerings of each notice may begin in a window."""
        waiting = [hours for hours in self._notices if self.now + timedelta(hours=hours) > opens]
        found = [Anchor(opens, "true" if not waiting else f"o.notice_hours < {waiting[0]}")]
        found += [Anchor(self.now + timedelta(hours=hours), f"o.notice_hours = {hours}") for hours in waiting]
        return [anchor for anchor in found if anchor.at < closes]

    def stood_before(self, coach_ids: Sequence[uuid.UUID], place: Place) -> set[uuid.UUID]:
        """Which of these coaches stand at `place` or before it."""
        conditions = [
            *OVERLAPS, *self._offerings, "o.coach_id = any(:ids)", f"not {BEYOND.format(STANDS)}"
        ]  # fmt: skip
        chosen = (
            f"select distinct o.coach_id {OFFERED} join free_ranges f on f.schedule_id = o.follows_id "
            f"cross join unnest(:opens, :closes) as w(opens, closes) where {' and '.join(conditions)}"
        )
        bound = self._windows([window for window in self.windows if window[0] <= place.free_at])
        return set(_executed(chosen, {**self._bound, **bound, **place._asdict(), "ids": list(coach_ids)}).scalars())

    def _windows(self, windows: Sequence[Interval]) -> dict[str, Any]:
        return {"opens": [opens for opens, _ in windows], "closes": [closes for _, closes in windows]}


STANDS = "greatest(f.starts_at, w.opens, :now + make_interval(hours => o.notice_hours))"
OVERLAPS = (
    "o.active",
    "f.starts_at < w.closes",
    "f.ends_at > w.opens",
    FITS.format(opens="w.opens", closes="w.closes"),
)


def place_of(row: Any) -> Place:
    """Where a row stands."""
    return Place(row.free_at, row.starts_at, row.schedule_id)


def _executed(statement: str, bound: dict[str, Any]) -> CursorResult[Any]:
    """The statement run with what of `bound` it names.

    It is handed to the driver as it is: there is nothing in it for SQLAlchemy to compile, and compiling it took longer
    than running it.
    """
    named = set(NAME.findall(statement))
    written = NAME.sub(lambda found: f"%({found[1]})s{CASTS.get(found[1], '')}", statement.replace("%", "%%"))
    return session().connection().exec_driver_sql(written, {name: bound[name] for name in named})
