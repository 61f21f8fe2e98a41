"""Coaches in the order in which they become free, read no further than a page needs.

A coach stands where the first free range begins in which one of their offerings fits: at the range's own start, or
where a window or the notice lets it begin. `sql/search.sql` holds the statements and says how they find it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from marketplace.coaches.words.queries import searched_words
from marketplace.db import begin_transaction
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.queries.statements import columns, run
from marketplace.scheduling.rules.openings import Interval
from marketplace.scheduling.rules.slots import FreeSpan

# Each of so few offerings is asked for its first free range; a set of so many is not looked into.
FEW, MANY = 600, 5000


class Cursor(NamedTuple):
    """A place in the order of free ranges: the instant from which one can be used, its own start, its schedule."""

    free_at: datetime
    starts_at: datetime
    schedule_id: uuid.UUID

    def comes_after(self, other: "Cursor") -> bool:
        """Whether it comes later in the order, as `later` in `sql/search.sql` has it."""
        if self.free_at != other.free_at:
            return self.free_at > other.free_at
        begun, other_begun = self.starts_at < self.free_at, other.starts_at < other.free_at
        if begun != other_begun:
            return other_begun
        if begun:
            return (self.starts_at, self.schedule_id) < (other.starts_at, other.schedule_id)
        return self.schedule_id > other.schedule_id


# Every range comes after it.
BEGINNING = Cursor(datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), uuid.UUID(int=0))


class Match(NamedTuple):
    """The first free range in which an offering of a coach fits (UTC), and its place in the order."""

    cursor: Cursor
    free: FreeSpan


class Window(NamedTuple):
    """A part [starts_at, ends_at) of a window [opens, closes), in which offerings may begin whose notice is at most
    `max_notice` hours; those of `min_notice` hours or more could not in an earlier part."""

    starts_at: datetime
    ends_at: datetime
    opens: datetime
    closes: datetime
    min_notice: int
    max_notice: int


def split_by_notice(windows: Sequence[Interval], notices: Sequence[int], now: datetime) -> list[Window]:
    """Windows cut where offerings of one more notice (in hours, in order) may begin, in order of time."""
    found = []
    for opens, closes in windows:
        begun = [hours for hours in notices if now + timedelta(hours=hours) <= opens]
        inside = [(opens, 0, begun[-1])] if begun else []
        for hours in notices[len(begun) :]:
            if now + timedelta(hours=hours) < closes:
                inside.append((now + timedelta(hours=hours), hours, hours))
        ends = [*(starts_at for starts_at, *_ in inside[1:]), closes]
        found += [
            Window(starts_at, ends_at, opens, closes, min_notice, max_notice)
            for (starts_at, min_notice, max_notice), ends_at in zip(inside, ends, strict=False)
        ]
    return found


@dataclass
class SearchWalk:
    """One search, as of `now`: its criteria, and the windows in which a session must lie, in order."""

    criteria: SearchCriteria
    windows: Sequence[Interval]
    now: datetime
    _split: list[Window] | None = None

    def __post_init__(self) -> None:
        longest = max((closes - opens for opens, closes in self.windows), default=timedelta(0))
        self._parameters = {**self.criteria.parameters(), "now": self.now, "longest": longest // timedelta(minutes=1)}
        self._parameters |= {"common_text": None, "rare_text": None}
        if self._parameters["text"] is not None:
            words = searched_words(self._parameters["text"])
            self._parameters["text"] = words.query
            self._parameters["common_text" if words.are_common else "rare_text"] = words.query

    def rows(self, after: Cursor, most: int) -> tuple[list[Any], Cursor | None]:
        """Up to `most` free ranges with their coaches, in order, and how far they are complete (None: to the end)."""
        ahead = [window for window in self._by_notice() if window.ends_at > after.free_at]
        if not ahead:
            return [], None
        names = ("window_starts", "window_ends", "window_opens", "window_closes", "min_notices", "max_notices")
        parameters = {**self._parameters, **columns(self.windows, "opens", "closes"), **columns(ahead, *names)}
        parameters |= {"first": self.windows[0][0], "last": self.windows[-1][1], "few": FEW, "many": MANY, "most": most}
        found = run("walk", parameters | _after(after)).all()
        cursors = [cursor_of(row) for row in found]
        # That a nested loop and a union keep their order is how PostgreSQL works, not what SQL promises.
        if any(one.comes_after(other) for one, other in pairwise(cursors)):
            raise RuntimeError("free ranges came out of order")
        return list(found), cursors[-1] if len(cursors) == most else None

    def _by_notice(self) -> list[Window]:
        if self._split is None:
            # What it sets holds for the statements that follow.
            begin_transaction()
            notices = run("notices", {}).scalar_one()
            self._split = split_by_notice(self.windows, notices, self.now)
        return self._split

    def met_before(self, coach_ids: Sequence[uuid.UUID], cursor: Cursor) -> set[uuid.UUID]:
        """Which of these coaches stand at the cursor or before it."""
        windows = [window for window in self.windows if window[0] <= cursor.free_at]
        parameters = {**self._parameters, **columns(windows, "opens", "closes"), "coach_ids": list(coach_ids)}
        return set(run("met_before", parameters | _after(cursor)).scalars())


def _after(cursor: Cursor) -> dict[str, Any]:
    return {f"after_{name}": value for name, value in cursor._asdict().items()}


def cursor_of(row: Any) -> Cursor:
    """The place of a row in the order."""
    return Cursor(row.free_at, row.starts_at, row.schedule_id)


def match_of(row: Any) -> Match:
    """A row as a match."""
    times = (row.starts_at, row.ends_at, row.clear_from, row.clear_until)
    return Match(cursor_of(row), FreeSpan(*(instant.astimezone(UTC) for instant in times)))
