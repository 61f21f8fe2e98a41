"""Every time that is shown on the days around a change of clocks is held for real, given back, and held again."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds import service as holds
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.rules import openings as opening_rules
from marketplace.scheduling.service import date_overrides, weekly_hours
from tests.conftest import Moment
from tests.factories import BRIEF, a_coach, a_person, an_offering
from tests.scheduling.slow import changes_of_people, distinct

# One of each shape there is, by how far clocks jump and what they showed; then zones that are odd in other ways.
CHANGES = [
    ("Europe/Berlin", "2027-03-28T01:00"),
    ("Europe/Berlin", "2027-10-31T01:00"),
    ("Europe/London", "2027-03-28T01:00"),
    ("America/New_York", "2027-11-07T06:00"),
    ("Europe/Helsinki", "2027-03-28T01:00"),
    ("Europe/Helsinki", "2027-10-31T01:00"),
    # Half an hour, and the quarters of Chatham.
    ("Australia/Lord_Howe", "2027-04-03T15:00"),
    ("Australia/Lord_Howe", "2027-10-02T15:30"),
    ("Pacific/Chatham", "2027-04-03T14:00"),
    ("Pacific/Chatham", "2027-09-25T14:00"),
    # Two hours.
    ("Antarctica/Troll", "2027-03-28T01:00"),
    ("Antarctica/Troll", "2027-10-31T01:00"),
    # A day that begins at one, and an hour before or after midnight that comes twice.
    ("America/Santiago", "2027-09-05T04:00"),
    ("America/Santiago", "2027-04-04T03:00"),
    ("America/Havana", "2027-03-14T05:00"),
    ("America/Havana", "2027-11-07T05:00"),
    # A day that ends at eleven at night, and one whose last hours jump or come again.
    ("America/Nuuk", "2027-03-28T01:00"),
    ("Pacific/Easter", "2027-09-05T04:00"),
    ("Pacific/Easter", "2027-04-04T03:00"),
    # Ramadan; winter time that the zone itself calls the summer's opposite; a zone that moved for good.
    ("Africa/Casablanca", "2027-02-07T02:00"),
    ("Africa/Casablanca", "2027-03-14T02:00"),
    ("Europe/Dublin", "2027-10-31T01:00"),
    ("Asia/Almaty", "2024-02-29T18:00"),
]
# An hour forward and back, half an hour, and a day that begins at one; the others are slow.
AT_ONCE = [CHANGES[0], CHANGES[1], CHANGES[6], ("America/Santiago", "2027-09-05T04:00")]


@pytest.mark.slow
def test_one_of_every_shape_is_among_them() -> None:
    every = distinct(changes_of_people())
    chosen = {
        change.shape
        for change in every
        for zone, at in CHANGES
        if zone in change.zones and change.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    }
    assert chosen == {change.shape for change in every}


@pytest.mark.parametrize(
    ("zone", "at"), [pytest.param(*change, marks=[] if change in AT_ONCE else [pytest.mark.slow]) for change in CHANGES]
)
def test_every_time_that_is_shown_around_a_change_can_be_held_and_given_back(
    moment: Moment, zone: str, at: str
) -> None:
    change = datetime.fromisoformat(at).replace(tzinfo=UTC)
    before = (change - timedelta(minutes=1)).astimezone(ZoneInfo(zone)).date()
    day = change.astimezone(ZoneInfo(zone)).date()
    moment.set(change - timedelta(days=3))
    ada, mia = a_coach("ada", timezone=zone), a_person("Mia")
    weekly_hours.set_weekly_hours(
        ada.user, hours=_every_day(("22:00", "01:30"), ("01:30", "04:15"), ("09:00", "11:00"))
    )
    date_overrides.add_override(ada.user, date=day, kind="extra", start="18:40", end="20:00")
    sizes = {"minutes": 45, "buffer_before_minutes": 10, "start_step_minutes": 15, "notice_hours": 0}
    offering = an_offering(ada, **sizes)
    begins, ends = opening_rules.day_bounds(zone, min(before, day), day)
    shown = free_times.free_times(offering, start=begins, end=ends)
    assert len(shown) == len(set(shown)) > 20
    for start in shown:
        held = holds.hold(mia, offering_id=offering.id, starts_at=start, brief=BRIEF)
        assert (held.status, held.starts_at) == ("held", start)
        cancellations.cancel(mia, booking_id=held.id, expected_refund_cents=0)
    assert free_times.free_times(offering, start=begins, end=ends) == shown
    every_five = [begins + number * timedelta(minutes=5) for number in range((ends - begins) // timedelta(minutes=5))]
    assert [start for start in every_five if free_times.is_free(offering, start)] == shown
    refused = sorted(set(every_five) - set(shown))
    for start in (refused[0], refused[len(refused) // 2], shown[-1] + timedelta(minutes=1)):
        with pytest.raises(holds.NotOffered):
            holds.hold(mia, offering_id=offering.id, starts_at=start, brief=BRIEF)


def _every_day(*ranges: tuple[str, str]) -> list[dict[str, object]]:
    return [{"weekday": day, "start": start, "end": end} for day in range(7) for start, end in ranges]


def test_a_day_that_begins_at_one_is_offered_from_one(moment: Moment) -> None:
    moment.set(datetime(2027, 9, 1, 12, tzinfo=UTC))
    ada = a_coach("ada", timezone="America/Santiago")
    weekly_hours.set_weekly_hours(ada.user, hours=[{"weekday": 6, "start": "00:00", "end": "02:00"}])
    offering = an_offering(ada, minutes=30, notice_hours=0, start_step_minutes=30)
    begins, ends = opening_rules.day_bounds("America/Santiago", date(2027, 9, 5), date(2027, 9, 5))
    shown = free_times.free_times(offering, start=begins, end=ends)
    assert [f"{start.astimezone(ZoneInfo('America/Santiago')):%d %H:%M}" for start in shown] == ["05 01:00", "05 01:30"]
    held = holds.hold(a_person("Mia"), offering_id=offering.id, starts_at=shown[0], brief=BRIEF)
    assert held.starts_at == begins
