"""Every zone, every change of its clocks from 2024 to 2034: none outside the hours, none twice, none missing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.scheduling.rules import openings as opening_rules
from marketplace.scheduling.rules.hours import Hours
from marketplace.scheduling.rules.openings import Plan
from marketplace.scheduling.rules.openings import changes as clock_changes
from tests.found import some
from tests.scheduling import from_scratch
from tests.scheduling.slow import changes_of_all, shown_open

pytestmark = pytest.mark.pure

QUARTER = timedelta(minutes=15)
FIVE = timedelta(minutes=5)
ZONES = sorted(available_timezones() - {"localtime"})

# Over midnight and into Monday, up to midnight, odd minutes, the hours in which clocks change, nearly the whole day.
WEEK = [
    *[Hours(day, 22 * 60, 26 * 60 + 30) for day in range(7)],
    Hours(0, 9 * 60 + 10, 12 * 60 + 20),
    Hours(5, 6 * 60, 21 * 60),
    *[Hours(day, 2 * 60 + 45, 4 * 60) for day in (1, 3, 5, 6)],
]


def found_around(zone: str, change: datetime, hours: list[Hours], minutes: int, step: int = 15) -> list[datetime]:
    return from_scratch.slots(
        hours,
        zone,
        minutes=minutes,
        before=0,
        after=0,
        busy=[],
        window_start=change - timedelta(hours=30),
        window_end=change + timedelta(hours=30),
        now=change - timedelta(days=3),
        notice_hours=0,
        horizon_days=365,
        step_minutes=step,
    )


def expected_around(zone: str, change: datetime, hours: list[Hours], minutes: int) -> list[datetime]:
    """By reading the coach's clock every five minutes."""
    info, start = ZoneInfo(zone), change - timedelta(hours=30)
    steps = int(timedelta(hours=60) / FIVE)
    length = minutes // 5
    is_open = [shown_open(hours, info, start + step * FIVE) for step in range(steps + length)]
    return [
        start + step * FIVE
        for step in range(steps)
        if all(is_open[step : step + length]) and (start + step * FIVE).astimezone(info).minute % 15 == 0
    ]


@pytest.fixture(scope="module")
def changes() -> dict[tuple[datetime, ...], list[str]]:
    """Zones that change alike, by their changes and the offsets before and after."""
    return changes_of_all()


@pytest.mark.slow
def test_the_rules_know_every_change_of_every_clock(changes):
    for zone, expected in some(changes.items(), least=300):
        known = [at for year in range(2024, 2035) for at in clock_changes(zone, year)]
        assert known == expected, zone


def test_around_every_change_the_times_are_those_the_wall_clock_shows(changes):
    checked: set[tuple[datetime, timedelta | None, timedelta | None]] = set()
    for zone, instants in changes.items():
        info = ZoneInfo(zone)
        for change in instants:
            before = (change - timedelta(minutes=1)).astimezone(info).utcoffset()
            # Zones that keep the same clock around the same change have the same times.
            kind = (change, before, change.astimezone(info).utcoffset())
            if kind in checked:
                continue
            checked.add(kind)
            found = found_around(zone, change, WEEK, 45)
            assert found == expected_around(zone, change, WEEK, 45), (zone, change)
            assert len(found) == len(set(found))
    assert len(checked) > 300


def test_days_of_23_24_and_25_hours_are_open_so_long(changes):
    always = [Hours(day, 0, 1440) for day in range(7)]
    lengths = set()
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago"):
        for change in changes[zone]:
            day = change.astimezone(ZoneInfo(zone)).date()
            begins, ends = opening_rules.day_bounds(zone, day, day)
            opened = opening_rules.openings(Plan(always, zone), begins, ends)
            assert opened == [(begins, ends)]
            lengths.add((ends - begins) / timedelta(hours=1))
    assert lengths == {23, 25, 23.5, 24.5} | ({24} & lengths)


@settings(deadline=None, max_examples=150)
@given(
    zone=st.sampled_from(ZONES),
    at=st.datetimes(datetime(2024, 1, 2), datetime(2034, 12, 28)),
    hours=st.lists(
        st.builds(
            lambda day, start, length: Hours(day, start * 5, start * 5 + length * 5),
            st.integers(0, 6),
            st.integers(0, 287),
            st.integers(1, 288),
        ),
        max_size=8,
    ),
    minutes=st.sampled_from([10, 30, 50, 90]),
)
def test_any_hours_anywhere_are_read_off_the_clock(zone, at, hours, minutes):
    middle = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0, tzinfo=UTC)
    assert found_around(zone, middle, hours, minutes) == expected_around(zone, middle, hours, minutes)


@pytest.mark.parametrize(
    "zone", ["Asia/Kathmandu", "Australia/Eucla", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham"]
)
def test_half_and_quarter_hour_zones_start_on_their_own_quarters(zone):
    noon = datetime(2027, 6, 2, 12, tzinfo=UTC)
    found = found_around(zone, noon, [Hours(day, 540, 600) for day in range(7)], 60, step=60)
    assert {f"{start.astimezone(ZoneInfo(zone)):%H:%M}" for start in found} == {"09:00"}
