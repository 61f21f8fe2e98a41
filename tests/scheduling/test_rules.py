"""Weekly hours and clocks that change: checked against a slow reading of the wall clock, five minutes by five."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.scheduling.rules import hours as hours_rules
from marketplace.scheduling.rules.hours import Hours
from tests.scheduling import from_scratch

# A day in the middle of each: the odd hours, half hours and days of real zones.
CHANGES = [
    ("Europe/Berlin", "2027-03-28"),
    ("Europe/Berlin", "2027-10-31"),
    ("America/New_York", "2027-03-14"),
    ("America/New_York", "2027-11-07"),
    ("Australia/Lord_Howe", "2027-04-04"),
    ("Australia/Lord_Howe", "2027-10-03"),
    ("Asia/Kathmandu", "2027-06-01"),
    ("Asia/Kathmandu", "1985-12-31"),
    ("Pacific/Apia", "2011-12-30"),
    ("Africa/Casablanca", "2027-02-07"),
    ("Africa/Casablanca", "2027-03-14"),
    ("America/St_Johns", "2027-03-14"),
    ("America/St_Johns", "2010-11-07"),
    ("America/Sao_Paulo", "2018-11-04"),
]
FIVE = timedelta(minutes=5)
NINE_TO_FIVE = [Hours(day, 9 * 60, 17 * 60) for day in range(7)]
ALWAYS = [Hours(day, 0, 1440) for day in range(7)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(hours: list[Hours], zone: str, start: str, end: str, **changes: Any) -> list[datetime]:
    options = {
        "minutes": 60,
        "before": 0,
        "after": 0,
        "busy": [],
        "window_start": utc(start),
        "window_end": utc(end),
        "now": utc(start) - timedelta(days=1),
        "notice_hours": 0,
        "horizon_days": 365,
    }
    return from_scratch.slots(hours, zone, **options | changes)


def local(found: list[datetime], zone: str) -> list[str]:
    return [f"{instant.astimezone(ZoneInfo(zone)):%a %H:%M}" for instant in found]


def shown_open(hours: list[Hours], zone: ZoneInfo, instant: datetime) -> bool:
    clock = instant.astimezone(zone)
    minute = clock.hour * 60 + clock.minute
    return any(h.weekday == clock.weekday() and h.start_minute <= minute < h.end_minute for h in hours)


def test_a_working_day_is_cut_into_quarter_hours() -> None:
    found = slots(NINE_TO_FIVE, "Europe/Berlin", "2027-03-01", "2027-03-02")
    assert local(found, "Europe/Berlin") == [
        f"Mon {minute // 60:02}:{minute % 60:02}" for minute in range(9 * 60, 16 * 60 + 1, 15)
    ]


def test_the_same_wall_clock_before_and_after_the_clocks_change() -> None:
    found = slots(NINE_TO_FIVE, "Europe/Berlin", "2027-03-26", "2027-03-31", minutes=480)
    assert [f"{instant:%d %H:%M}" for instant in found] == ["26 08:00", "27 08:00", "28 07:00", "29 07:00", "30 07:00"]
    assert set(local(found, "Europe/Berlin")) == {f"{day} 09:00" for day in ("Fri", "Sat", "Sun", "Mon", "Tue")}


def test_a_local_time_that_does_not_exist_opens_nothing() -> None:
    hours = [Hours(6, 120, 180)]
    assert slots(hours, "Europe/Berlin", "2027-03-27", "2027-03-30", minutes=15) == []
    later = slots([Hours(6, 150, 240)], "Europe/Berlin", "2027-03-27", "2027-03-30", minutes=30)
    assert local(later, "Europe/Berlin") == ["Sun 03:00", "Sun 03:15", "Sun 03:30"]


def test_a_local_time_that_is_shown_twice_is_open_twice() -> None:
    found = slots([Hours(6, 120, 180)], "Europe/Berlin", "2027-10-30", "2027-11-02", minutes=60)
    assert found[0] == utc("2027-10-31 00:00")
    assert found[-1] == utc("2027-10-31 01:00")
    assert len(found) == len(set(found)) == 5


def test_an_opening_that_ends_inside_the_repeated_hour_closes_and_opens_again() -> None:
    found = slots([Hours(6, 60, 150)], "Europe/Berlin", "2027-10-30", "2027-11-02", minutes=30)
    assert [f"{instant:%H:%M}" for instant in found if instant.hour < 2] == ["00:00", "01:00"]
    assert utc("2027-10-31 00:15") not in found, "it would run past 02:30 on the coach's clock"


def test_a_session_may_run_over_midnight_where_both_days_are_open() -> None:
    hours = [Hours(0, 22 * 60, 1440), Hours(1, 0, 60)]
    found = slots(hours, "Asia/Kathmandu", "2027-03-01", "2027-03-03", minutes=120)
    assert local(found, "Asia/Kathmandu") == ["Mon 22:00", "Mon 22:15", "Mon 22:30", "Mon 22:45", "Mon 23:00"]


def test_a_day_that_a_country_skipped_has_no_times() -> None:
    found = slots(NINE_TO_FIVE, "Pacific/Apia", "2011-12-28", "2012-01-01")
    days = {instant.astimezone(ZoneInfo("Pacific/Apia")).day for instant in found}
    assert 29 in days
    assert 30 not in days
    assert 31 in days


@pytest.mark.parametrize(
    ("day", "hours"), [("2027-03-28", 23), ("2027-06-01", 24), ("2027-10-31", 25)], ids=["short", "usual", "long"]
)
def test_a_day_has_as_many_hours_as_the_clock_shows(day: str, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = datetime.fromisoformat(day).replace(tzinfo=zone)
    end = start + timedelta(days=1)
    found = slots(ALWAYS, "Europe/Berlin", "2027-01-01", "2027-01-02", window_start=start, window_end=end, minutes=15)
    assert len(found) == hours * 4


def test_starts_lie_on_quarters_of_the_wall_clock_whatever_the_opening() -> None:
    found = slots([Hours(0, 9 * 60 + 10, 10 * 60 + 20)], "UTC", "2027-03-01", "2027-03-02", minutes=30)
    assert [f"{instant:%H:%M}" for instant in found] == ["09:15", "09:30", "09:45"]


def test_ranges_that_touch_or_overlap_make_one_opening() -> None:
    hours = [Hours(0, 540, 600), Hours(0, 600, 660), Hours(0, 570, 630)]
    found = slots(hours, "UTC", "2027-03-01", "2027-03-02", minutes=120)
    assert found == [utc("2027-03-01 09:00")]


@pytest.mark.parametrize(
    ("before", "after", "free"),
    [(0, 0, ["09:00", "10:00", "13:00"]), (15, 0, ["09:00", "10:00"]), (0, 30, ["09:00", "13:00"])],
)
def test_buffers_keep_away_from_what_is_busy(before: int, after: int, free: list[str]) -> None:
    busy = [(utc("2027-03-01 11:00"), utc("2027-03-01 12:00")), (utc("2027-03-01 12:00"), utc("2027-03-01 13:00"))]
    found = slots(
        [Hours(0, 540, 840)],
        "UTC",
        "2027-03-01",
        "2027-03-02",
        busy=reversed(busy),
        before=before,
        after=after,
        step_minutes=60,
    )
    assert [f"{instant:%H:%M}" for instant in found] == free


def test_buffers_may_lie_outside_the_hours() -> None:
    found = slots([Hours(0, 540, 600)], "UTC", "2027-03-01", "2027-03-02", before=60, after=60)
    assert found == [utc("2027-03-01 09:00")]


def test_notice_and_horizon_bound_what_is_offered_and_the_bounds_count() -> None:
    now = utc("2027-03-01 09:00")
    found = slots(ALWAYS, "UTC", "2027-02-01", "2027-04-01", now=now, notice_hours=12, horizon_days=3, step_minutes=60)
    assert found[0] == now + timedelta(hours=12)
    assert found[-1] == now + timedelta(days=3)


def test_a_window_that_is_over_or_upside_down_has_no_times() -> None:
    assert slots(ALWAYS, "UTC", "2027-03-01", "2027-03-02", now=utc("2027-03-05")) == []
    assert slots(ALWAYS, "UTC", "2027-03-02", "2027-03-01") == []


def test_a_window_may_end_just_when_the_clocks_change() -> None:
    found = slots(ALWAYS, "Europe/Berlin", "2027-03-27", "2027-03-28", step_minutes=60)
    assert found[-1] == utc("2027-03-27 23:00")
    assert len(found) == 24


def test_no_hours_no_times() -> None:
    assert slots([], "Europe/Berlin", "2027-03-01", "2027-04-01") == []


RANGES = st.builds(
    lambda weekday, ends: Hours(weekday, min(ends) * 5, max(ends) * 5),
    st.integers(0, 6),
    st.lists(st.integers(0, 288), min_size=2, max_size=2, unique=True),
)
# Quarters of an hour from the middle of the day of the change, and a length in quarters.
BUSY = st.tuples(st.integers(-120, 120), st.integers(1, 16))


@settings(deadline=None, max_examples=150)
@given(
    change=st.sampled_from(CHANGES),
    hours=st.lists(RANGES, max_size=10),
    length=st.sampled_from([10, 15, 30, 60, 90, 240]),
    busy=st.lists(BUSY, max_size=5),
    buffers=st.tuples(st.sampled_from([0, 10, 30]), st.sampled_from([0, 15])),
)
def test_the_times_are_exactly_those_the_wall_clock_allows(
    change: tuple[str, str], hours: list[Hours], length: int, busy: list[tuple[int, int]], buffers: tuple[int, int]
) -> None:
    before, after = buffers
    zone, noon = ZoneInfo(change[0]), utc(change[1]) + timedelta(hours=12)
    start, end = noon - timedelta(hours=30), noon + timedelta(hours=30)
    claimed = [
        (noon + timedelta(minutes=15 * at), noon + timedelta(minutes=15 * (at + quarters))) for at, quarters in busy
    ]
    found = from_scratch.slots(
        hours,
        change[0],
        minutes=length,
        before=before,
        after=after,
        busy=claimed,
        window_start=start,
        window_end=end,
        now=start - timedelta(days=1),
        notice_hours=0,
        horizon_days=30,
    )
    is_open = {}
    instant = start
    while instant < end + timedelta(hours=5):
        is_open[instant] = shown_open(hours, zone, instant)
        instant += FIVE

    def allowed(at: datetime) -> bool:
        inside = all(is_open[at + step * FIVE] for step in range(length // 5))
        blocked = (at - timedelta(minutes=before), at + timedelta(minutes=length + after))
        apart = all(ends <= blocked[0] or begins >= blocked[1] for begins, ends in claimed)
        return at.astimezone(zone).minute % 15 == 0 and inside and apart

    assert found == [at for at in is_open if start <= at < end and allowed(at)]


@settings(deadline=None, max_examples=60)
@given(change=st.sampled_from(CHANGES), hours=st.lists(RANGES, max_size=6), offset=st.integers(0, 200))
def test_a_narrow_window_sees_what_a_wide_one_shows(change: tuple[str, str], hours: list[Hours], offset: int) -> None:
    start = utc(change[1]) - timedelta(days=1)
    wide = slots(hours, change[0], start.isoformat(" ")[:10], (start + timedelta(days=3)).isoformat(" ")[:10])
    at = start + timedelta(minutes=15 * offset)
    window = {"window_start": at, "window_end": at + timedelta(microseconds=1), "now": start - timedelta(days=1)}
    narrow = slots(hours, change[0], "2000-01-01", "2000-01-02", **window)
    assert narrow == [instant for instant in wide if instant == at]


@pytest.mark.parametrize(
    ("text", "minute"), [("00:00", 0), ("9:05", 545), ("09:05", 545), (" 17:00 ", 1020), ("24:00", 1440)]
)
def test_a_time_of_day_is_read(text: str, minute: int) -> None:
    assert hours_rules.minute_of_day(text) == minute


@pytest.mark.parametrize("text", ["", "9", "9:5", "09:60", "24:01", "25:00", "-1:00", "ab:cd", "09:00:00", "٩:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time of day"):
        hours_rules.minute_of_day(text)


def test_hours_are_written_as_people_write_them() -> None:
    hours = Hours(0, 545, 1440)
    assert (hours.start, hours.end) == ("09:05", "24:00")


@pytest.mark.parametrize(
    ("week", "clash"),
    [
        ([Hours(0, 540, 600), Hours(0, 600, 660)], None),
        ([Hours(0, 540, 600), Hours(1, 540, 600)], None),
        ([Hours(0, 540, 601), Hours(0, 600, 660)], (0, 1)),
        ([Hours(2, 0, 60), Hours(0, 600, 660), Hours(0, 0, 1440)], (1, 2)),
    ],
)
def test_overlapping_ranges_are_named(week: list[Hours], clash: tuple[int, int] | None) -> None:
    assert hours_rules.overlapping(week) == clash
