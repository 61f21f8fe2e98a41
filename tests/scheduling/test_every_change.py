"""Every zone that somebody may live in, every change of its clocks from 2024 to 2034: what is shown can be booked, and
nothing else can.

Zones whose clocks are the same for two days around a change are looked at once, for one of them: the rules see nothing
else of a zone. What is asked is what `hold` asks: the window of one instant, once out of free ranges as they are kept
and once from scratch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.scheduling.rules import openings as opening_rules
from marketplace.scheduling.rules import slots as slot_rules
from marketplace.scheduling.rules.hours import Hours, Override
from marketplace.scheduling.rules.openings import Interval, Plan
from marketplace.scheduling.rules.slots import REACH, FreeSpan
from tests.found import some
from tests.scheduling.slow import Change, changes_of_people, distinct, open_by

pytestmark = pytest.mark.pure

FIVE = timedelta(minutes=5)
INSTANT = timedelta(microseconds=1)
SIDE = timedelta(hours=30)

# Over midnight, up to midnight, odd minutes, touching, nearly the whole day, and the hours in which clocks change.
WEEK = (
    *[Hours(day, 22 * 60, 25 * 60 + 30) for day in range(7)],
    *[Hours(day, 1 * 60 + 45, 4 * 60 + 20) for day in (0, 3, 5, 6)],
    Hours(5, 6 * 60, 21 * 60),
    Hours(6, 9 * 60, 12 * 60),
    Hours(6, 12 * 60, 13 * 60 + 10),
)


@dataclass(frozen=True)
class Sold:
    """An offering as the rules know it."""

    minutes: int = 45
    before: int = 0
    after: int = 0
    step: int = 15
    notice_hours: int = 0
    horizon_days: int = 60


class Coach:
    """What is asked of somebody's time, as `scheduling.queries.free` asks it, without a database."""

    def __init__(self, plan: Plan, sold: Sold, now: datetime, busy: Sequence[Interval] = ()) -> None:
        self.plan, self.sold, self.now, self.busy = plan, sold, now, busy
        today = now.astimezone(ZoneInfo(plan.zone)).date()
        kept = opening_rules.day_bounds(plan.zone, today, today + timedelta(days=9))
        self._kept = slot_rules.free_ranges(opening_rules.openings(plan, *kept), busy)

    def shown(self, begins: datetime, ends: datetime) -> list[datetime]:
        """The list that people choose from."""
        return self._starts(self._kept, begins, ends)

    def accepts(self, at: datetime) -> bool:
        """The question of `hold`, out of what is kept."""
        until = at + INSTANT + timedelta(minutes=self.sold.minutes)
        near = [free for free in self._kept if free.starts_at < until and free.ends_at > at]
        return self._starts(near, at, at + INSTANT) == [at]

    def accepts_from_scratch(self, at: datetime) -> bool:
        """The same where nothing is kept, or a booking is about to give its time up."""
        until = at + INSTANT + timedelta(minutes=self.sold.minutes)
        opened = opening_rules.openings(self.plan, at - REACH, until)
        return self._starts(slot_rules.free_ranges(opened, self.busy), at, at + INSTANT) == [at]

    def _starts(self, free: Sequence[FreeSpan], begins: datetime, ends: datetime) -> list[datetime]:
        sold = self.sold
        earliest, latest = slot_rules.bounds(begins, ends, self.now, sold.notice_hours, sold.horizon_days)
        sizes = {"minutes": sold.minutes, "before": sold.before, "after": sold.after, "step_minutes": sold.step}
        return list(slot_rules.starts(free, self.plan.zone, earliest=earliest, latest=latest, **sizes))


@pytest.fixture(scope="module")
def changes() -> list[Change]:
    return distinct(changes_of_people())


def test_every_zone_and_every_change_is_looked_at(changes: list[Change]) -> None:
    of_each = changes_of_people()
    assert sum(len(change.zones) for change in changes) == sum(map(len, of_each.values())) > 3000
    assert {zone for change in changes for zone in change.zones} == {zone for zone, found in of_each.items() if found}
    assert all(change.at in of_each[zone] for change in changes for zone in change.zones)


@pytest.mark.slow
def test_around_every_change_every_time_that_is_shown_is_accepted_and_every_other_refused(
    changes: list[Change],
) -> None:
    for change in some(changes):
        coach = Coach(Plan(WEEK, change.zone), Sold(), change.at - timedelta(days=3))
        begins, ends = change.at - SIDE, change.at + SIDE
        shown = coach.shown(begins, ends)
        assert len(shown) == len(set(shown)) > 20, change
        every_five = [begins + number * FIVE for number in range((ends - begins) // FIVE)]
        assert [at for at in every_five if coach.accepts(at)] == shown, change
        assert all(coach.accepts_from_scratch(at) for at in shown), change
        assert not any(coach.accepts(at + timedelta(seconds=1)) for at in shown), change
        length = timedelta(minutes=coach.sold.minutes)
        assert all(open_by(coach.plan, instant) for at in shown for instant in (at, at + length - FIVE)), change


# Schedules as coaches write them


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[int, int]]:
    """A day's ranges, none of which shares a minute with another; the last may end on the next day."""
    edges = sorted(draw(st.lists(st.integers(0, 287), max_size=6, unique=True)))
    found = [(start * 5, end * 5) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    if len(edges) % 2:
        found.append((edges[-1] * 5, 1440 + draw(st.sampled_from([0, 5, 30, 120]))))
    return found


@st.composite
def plans(draw: st.DrawFn, change: Change) -> Plan:
    week = [Hours(day, start, end) for day in range(7) for start, end in draw(spans())]
    near: date = change.at.astimezone(ZoneInfo(change.zone)).date()
    overrides: list[Override] = []
    for offset in draw(st.lists(st.integers(-2, 2), max_size=3, unique=True)):
        day, kind = near + timedelta(days=offset), draw(st.sampled_from(["closed", "hours", "extra"]))
        if kind == "closed":
            overrides.append(Override(day, kind))
        else:
            overrides += [Override(day, kind, start, end) for start, end in draw(spans())]
    return Plan(tuple(week), change.zone, tuple(overrides))


SOLD = st.builds(
    Sold,
    minutes=st.sampled_from([10, 25, 30, 50, 60, 90, 240]),
    before=st.sampled_from([0, 10, 30, 240]),
    after=st.sampled_from([0, 15, 45]),
    step=st.sampled_from(slot_rules.START_STEPS),
    notice_hours=st.sampled_from([0, 1, 12, 72, 90]),
    horizon_days=st.sampled_from([1, 3, 60]),
)
BUSY = st.lists(st.tuples(st.integers(-400, 400), st.integers(1, 60)), max_size=4)


@settings(deadline=None, max_examples=50)
@given(data=st.data(), sold=SOLD, busy=BUSY)
def test_whatever_a_coach_writes_what_is_shown_is_what_their_clock_allows_and_what_can_be_booked(
    changes: list[Change], data: st.DataObject, sold: Sold, busy: list[tuple[int, int]]
) -> None:
    shown_is_what_can_be_booked(changes, data, sold, busy)


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(data=st.data(), sold=SOLD, busy=BUSY)
def test_whatever_a_coach_writes_at_length(
    changes: list[Change], data: st.DataObject, sold: Sold, busy: list[tuple[int, int]]
) -> None:
    shown_is_what_can_be_booked(changes, data, sold, busy)


def shown_is_what_can_be_booked(
    changes: list[Change], data: st.DataObject, sold: Sold, busy: list[tuple[int, int]]
) -> None:
    change = data.draw(st.sampled_from(changes))
    plan = data.draw(plans(change))
    now = change.at - timedelta(days=3)
    taken = [(change.at + at * FIVE, change.at + (at + length) * FIVE) for at, length in busy]
    coach = Coach(plan, sold, now, taken)
    begins, ends = change.at - SIDE, change.at + SIDE
    every_five = [begins + number * FIVE for number in range((ends - begins) // FIVE)]
    is_open = {begins + number * FIVE for number in range((ends - begins) // FIVE + 48)}
    is_open = {instant for instant in is_open if open_by(plan, instant)}
    expected = [at for at in every_five if _allowed(at, coach, is_open)]
    assert coach.shown(begins, ends) == expected
    assert [at for at in every_five if coach.accepts(at)] == expected
    assert [at for at in every_five if coach.accepts_from_scratch(at)] == expected


def _allowed(at: datetime, coach: Coach, is_open: set[datetime]) -> bool:
    """By the coach's clock alone, five minutes by five."""
    sold = coach.sold
    shown = at.astimezone(ZoneInfo(coach.plan.zone))
    blocked = at - timedelta(minutes=sold.before), at + timedelta(minutes=sold.minutes + sold.after)
    earliest, latest = coach.now + timedelta(hours=sold.notice_hours), coach.now + timedelta(days=sold.horizon_days)
    return (
        earliest <= at <= latest
        and (shown.hour * 60 + shown.minute) % sold.step == 0
        and all(at + number * FIVE in is_open for number in range(sold.minutes // 5))
        and all(ends <= blocked[0] or starts >= blocked[1] for starts, ends in coach.busy)
    )


def test_days_of_23_and_25_hours_and_those_that_begin_at_one_are_whole(changes: list[Change]) -> None:
    """A coach who is always open has a time every quarter of every hour that such a day has."""
    always = tuple(Hours(day, 0, 1440) for day in range(7))
    lengths = set()
    for change in changes:
        info = ZoneInfo(change.zone)
        day = (change.at - INSTANT).astimezone(info).date()
        begins, ends = opening_rules.day_bounds(change.zone, day, day + timedelta(days=1))
        coach = Coach(Plan(always, change.zone), Sold(minutes=15), change.at - timedelta(days=4))
        shown = coach.shown(begins, ends)
        assert shown == [begins + number * 3 * FIVE for number in range((ends - begins) // (3 * FIVE))], change
        assert {at.astimezone(info).date() for at in shown} == {day, day + timedelta(days=1)}, change
        lengths.add((ends - begins) / timedelta(hours=1))
    assert lengths == {46, 47, 47.5, 48.5, 49, 50}


def test_a_zone_without_changes_shows_the_same_times_every_day() -> None:
    still = [zone for zone, found in changes_of_people().items() if not found]
    assert len(still) > 100
    for zone in still:
        now = datetime(2027, 3, 1, 9, tzinfo=UTC)
        coach = Coach(Plan(tuple(Hours(day, 540, 600) for day in range(7)), zone), Sold(minutes=60), now)
        shown = coach.shown(now, now + timedelta(days=7))
        assert {f"{at.astimezone(ZoneInfo(zone)):%H:%M}" for at in shown} == {"09:00"}, zone
        assert len(shown) == 7
        assert all(coach.accepts(at) and coach.accepts_from_scratch(at) for at in shown), zone
