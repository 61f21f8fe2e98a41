"""Coaches in the order in which they become free, straight from the index of free ranges and no further than needed.

A coach stands where the first free range begins in which one of her offerings fits: at the range's own start, or
where a window or her notice lets it begin. Ranges are walked by their start. Those that have begun before are looked
for apart, a day back, and the few that last longer apart again.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, DateTime, Integer, Result, Text, Uuid, bindparam, text

from marketplace.coaches import queries as coaches
from marketplace.coaches import rules as coach_rules
from marketplace.db import session
from marketplace.scheduling.rules import Interval

DAY = timedelta(days=1)
INSTANT = DateTime(timezone=True)
TYPES: dict[str, Any] = {
    "minutes": Integer(), "max_price_cents": Integer(), "ids": ARRAY(Uuid()), "opens": ARRAY(INSTANT),
    "closes": ARRAY(INSTANT), "schedule_id": Uuid(), "kinds": ARRAY(Text()), "topics": ARRAY(Text()),
    "languages": ARRAY(Text()),
}  # fmt: skip


class Place(NamedTuple):
    """Where somebody stands in the order: when she is free, where her range begins, whose range it is."""

    free_at: datetime
    begins: datetime
    schedule_id: uuid.UUID


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

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """SQL on `o` (offerings) and `c` (coaches), and what it is bound to."""
        wanted: list[tuple[str, dict[str, Any]]] = []
        if self.kind:
            wanted.append(("o.kind = :kind", {"kind": self.kind}))
        if self.minutes is not None:
            wanted.append(("o.minutes = :minutes", {"minutes": self.minutes}))
        if self.currency:
            wanted.append(("o.currency = :currency", {"currency": self.currency}))
        if self.max_price_cents is not None:
            wanted.append(("o.price_cents <= :max_price_cents", {"max_price_cents": self.max_price_cents}))
        if self.topic:
            wanted.append(("c.topics @> :topics", {"topics": [coach_rules.topic(self.topic)]}))
        if self.language:
            code = coach_rules.language_code(self.language) or self.language
            wanted.append(("c.languages @> :languages", {"languages": [code]}))
        for number, word in enumerate((self.text or "").split()):
            said = f"(c.words @@ to_tsquery('simple', :begins_{number}) or :word_{number} <% c.names)"
            wanted.append((said, {f"begins_{number}": coaches.beginning(word), f"word_{number}": word.lower()}))
        bound = {name: value for _, values in wanted for name, value in values.items()}
        return [condition for condition, _ in wanted], bound


SOURCE = """
from free_ranges f
join offerings o on o.follows_id = f.schedule_id and o.active
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
BRANCH = """
(select # as branch, {free_at} as free_at, f.starts_at, f.schedule_id, o.coach_id
{source} where {conditions} order by f.starts_at, f.schedule_id limit {most})
"""


@dataclass(frozen=True)
class Anchor:
    """The earliest moment in a window for offerings of some notice, and the SQL that says which these are."""

    at: datetime
    notice: str

    def ways(self, after: Place | None) -> list[tuple[str, list[str]]]:
        """The ways to be free from here on: since when, and SQL on ranges; `#` is the number of the branch."""
        begun = "cast(:anchor_# as timestamptz)"
        ways = [
            (begun, ["f.starts_at <= :anchor_#", "f.starts_at > :day_before_#", "f.ends_at > :anchor_#"]),
            (begun, ["f.starts_at <= :day_before_#", "f.ends_at > :anchor_#", LONG]),
            ("f.starts_at", ["f.starts_at > :anchor_#", "f.starts_at < :closes_#"]),
        ]
        if after is None:
            return ways
        if self.at < after.free_at:
            ways = [("f.starts_at", [*ways[2][1], "f.starts_at >= :free_at"])]
        beyond = "({}, f.starts_at, f.schedule_id) > (:free_at, :begins, :schedule_id)"
        return [(free_at, [*conditions, beyond.format(free_at)]) for free_at, conditions in ways]


class Walk:
    """One search, as of `now`: a wish, and the windows in which a session must lie, in order."""

    def __init__(self, wish: Wish, windows: Sequence[Interval], now: datetime) -> None:
        self.wish, self.windows, self.now = wish, windows, now
        self._conditions, self._bound = wish.conditions()
        self._notices: list[int] = []

    def prepare(self) -> None:
        """For this transaction: plans made for these very values, spelling forgiven; which notices there are."""
        session().execute(
            text(
                "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true), "
                "set_config('pg_trgm.word_similarity_threshold', :threshold, true)"
            ),
            {"threshold": coaches.SPELLING},
        )
        # One step through the index for each value, however many offerings there are.
        steps = text(
            "with recursive step(hours) as ((select min(notice_hours) from offerings where active) union all "
            "select (select min(notice_hours) from offerings where active and notice_hours > step.hours) "
            "from step where step.hours is not null) select hours from step where hours is not null"
        )
        self._notices = list(session().scalars(steps))

    def rows(self, windows: Sequence[Interval], after: Place | None, most: int) -> tuple[list[Any], Place | None]:
        """Up to `most` rows of each way to become free, in order, and how far they are complete (None: to the end)."""
        branches: list[str] = []
        bound: dict[str, Any] = {**self._bound, "now": self.now, **(after._asdict() if after else {})}
        for window in windows:
            for anchor in self._anchors(*window):
                for free_at, conditions in anchor.ways(after):
                    number = len(branches)
                    fits = FITS.format(opens=f":opens_{number}", closes=f":closes_{number}")
                    named = {
                        "anchor": anchor.at,
                        "day_before": anchor.at - DAY,
                        "opens": window[0],
                        "closes": window[1],
                    }
                    bound |= {f"{name}_{number}": instant for name, instant in named.items()}
                    wanted = [*conditions, anchor.notice, fits, *self._conditions]
                    branch = BRANCH.format(free_at=free_at, source=SOURCE, conditions=" and ".join(wanted), most=most)
                    branches.append(branch.replace("#", str(number)))
        if not branches:
            return [], None
        chosen = " union all ".join(branches) + " order by free_at, starts_at, schedule_id"
        found = _executed(chosen, bound).all()
        full: dict[int, list[Any]] = {}
        for row in found:
            full.setdefault(row.branch, []).append(row)
        ends = [place_of(rows[-1]) for rows in full.values() if len(rows) == most]
        limit = min(ends) if ends else None
        return [row for row in found if limit is None or place_of(row) <= limit], limit

    def _anchors(self, opens: datetime, closes: datetime) -> list["Anchor"]:
        """From when on offerings of each notice may begin in a window."""
        waiting = [hours for hours in self._notices if self.now + timedelta(hours=hours) > opens]
        found = [Anchor(opens, "true" if not waiting else f"o.notice_hours < {waiting[0]}")]
        found += [Anchor(self.now + timedelta(hours=hours), f"o.notice_hours = {hours}") for hours in waiting]
        return [anchor for anchor in found if anchor.at < closes]

    def stood_before(self, coach_ids: Sequence[uuid.UUID], place: Place) -> set[uuid.UUID]:
        """Which of these coaches stand at `place` or before it."""
        windows = [window for window in self.windows if window[0] <= place.free_at]
        fits = FITS.format(opens="w.opens", closes="w.closes")
        key = "greatest(f.starts_at, w.opens, :now + make_interval(hours => o.notice_hours))"
        conditions = [
            *self._conditions,
            "o.coach_id = any(:ids)",
            "f.starts_at < w.closes and f.ends_at > w.opens",
            fits,
            f"({key}, f.starts_at, f.schedule_id) <= (:free_at, :begins, :schedule_id)",
        ]
        bound = {
            **self._bound, **place._asdict(), "now": self.now, "ids": list(coach_ids),
            "opens": [opens for opens, _ in windows], "closes": [closes for _, closes in windows],
        }  # fmt: skip
        chosen = (
            f"select distinct o.coach_id {SOURCE} cross join unnest(:opens, :closes) as w(opens, closes) "
            f"where {' and '.join(conditions)}"
        )
        return set(_executed(chosen, bound).scalars())


def place_of(row: Any) -> Place:
    """Where a row stands."""
    return Place(row.free_at, row.starts_at, row.schedule_id)


def _executed(statement: str, bound: dict[str, Any]) -> Result[Any]:
    """The statement run with what of `bound` it names, typed: a small number or an empty list says too little."""
    asked = text(statement)
    given = {name: bound[name] for name in asked.compile().params}
    types = {name: TYPES.get(name, INSTANT if isinstance(value, datetime) else None) for name, value in given.items()}
    typed = asked.bindparams(*(bindparam(name, type_=types[name]) for name in given))
    return session().execute(typed, given)
