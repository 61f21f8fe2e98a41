"""The hours that a coach writes are what is free."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql import Range

from marketplace.audit import queries as audit
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach, Offering
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.service import weekly_hours as weekly_hour_service
from tests.conftest import START, Moment
from tests.factories import a_coach, a_person, an_offering, open_all_week, weekly_hours

TUESDAY = datetime(2027, 3, 2, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return TUESDAY + timedelta(hours=hour, minutes=minute)


def claimed(offering: Offering, begins: datetime, ends: datetime, **changes: Any) -> None:
    """A booking that blocks exactly [begins, ends)."""
    values = {
        "coach_id": offering.coach_id,
        "mentee_id": a_person("Max").id,
        "offering_id": offering.id,
        "status": "confirmed",
        "starts_at": begins,
        "ends_at": ends,
        "blocked": Range(begins, ends),
        "hold_expires_at": START + timedelta(minutes=15),
        "brief": "How to hire.",
        "title": offering.title,
        "kind": offering.kind,
        "by_approval": False,
        "price_cents": 12000,
        "currency": "usd",
        "fee_basis_points": 1000,
        "policy": {},
    }
    session().add(Booking(**values | changes))
    session().commit()


@pytest.fixture
def offering() -> Offering:
    """An hour, in UTC, open from nine to twelve every day."""
    return an_offering(open_all_week(a_coach(timezone="UTC"), "09:00", "12:00"))


def free(offering: Offering) -> list[str]:
    return [f"{start:%H:%M}" for start in free_times.free_times(offering, start=at(0), end=at(24))]


def test_a_week_replaces_the_week_before() -> None:
    ada = a_coach()
    weekly_hours(ada, 3)
    week = [{"weekday": 6, "start": "22:00", "end": "24:00"}, {"weekday": 0, "start": "9:00", "end": "12:30"}]
    weekly_hour_service.set_weekly_hours(ada.user, hours=week)
    assert [(range_.weekday, range_.start, range_.end) for range_ in hours_queries.week_of(ada.id)] == [
        (0, "09:00", "12:30"),
        (6, "22:00", "24:00"),
    ]
    assert [entry.action for entry in audit.timeline_of(ada.id)] == ["coach.hours_set"]


def test_an_empty_week_closes() -> None:
    ada = open_all_week(a_coach())
    assert weekly_hour_service.set_weekly_hours(ada.user, hours=[]) == []
    assert hours_queries.week_of(ada.id) == []


def test_somebody_who_never_applied_has_no_hours() -> None:
    with pytest.raises(NotFound):
        weekly_hour_service.set_weekly_hours(a_person(), hours=[])


@pytest.mark.parametrize(
    ("hours", "fields"),
    [
        ([(0, "09:00", "09:00")], ["hours.0.end"]),
        ([(0, "24:00", "09:00")], ["hours.0.start"]),
        ([(6, "22:00", "02:00"), (0, "01:00", "03:00")], ["hours.1.start"]),
        ([(0, "", "25:00")], ["hours.0.end", "hours.0.start"]),
        ([(7, "09:00", "10:00"), (-1, "09:00", "10:00")], ["hours.0.weekday", "hours.1.weekday"]),
        ([("Monday", "09:00", "10:00")], ["hours.0.weekday"]),
        ([(0, "09:00", "12:00"), (1, "09:00", "12:00"), (0, "11:59", "13:00")], ["hours.2.start"]),
        ([(0, "00:00", "00:01")] * 71, ["hours"]),
    ],
)
def test_hours_that_cannot_be_are_refused_by_field_and_change_nothing(
    hours: list[tuple[Any, str, str]], fields: list[str]
) -> None:
    ada = a_coach()
    weekly_hours(ada, 3)
    given = [{"weekday": weekday, "start": start, "end": end} for weekday, start, end in hours]
    with pytest.raises(Invalid) as refusal:
        weekly_hour_service.set_weekly_hours(ada.user, hours=given)
    assert sorted(refusal.value.fields) == fields
    assert len(hours_queries.week_of(ada.id)) == 1


@pytest.mark.parametrize(
    ("status", "busy"),
    [
        ("held", True),
        ("requested", True),
        ("confirmed", True),
        ("completed", False),
        ("cancelled", False),
        ("expired", False),
        ("declined", False),
    ],
)
def test_what_claims_the_coach_is_not_free(offering: Offering, status: str, busy: bool) -> None:
    outcome = "took_place" if status == "completed" else None
    claimed(offering, at(10), at(11), status=status, outcome=outcome)
    assert ("10:00" in free(offering)) is not busy
    if busy:
        assert free(offering) == ["09:00", "11:00"]


def test_a_hold_that_has_lapsed_frees_its_time(offering: Offering, moment: Moment) -> None:
    claimed(offering, at(10), at(11), status="held")
    assert "10:00" not in free(offering)
    moment.advance(minutes=15)
    assert "10:00" in free(offering)


def test_another_coachs_sessions_do_not_matter(offering: Offering) -> None:
    claimed(an_offering(a_coach("bea")), at(10), at(11))
    assert "10:00" in free(offering)


def test_buffers_reach_sessions_outside_the_window(offering: Offering) -> None:
    offering.buffer_before_minutes = 60
    claimed(offering, at(8), at(8, 30))
    assert not free_times.is_free(offering, at(9))
    assert free_times.is_free(offering, at(9, 30))


def test_every_time_that_is_shown_is_free_and_no_other(offering: Offering, moment: Moment) -> None:
    offering.buffer_after_minutes = 30
    claimed(offering, at(10), at(10, 45))
    shown = free_times.free_times(offering, start=moment.now, end=moment.now + timedelta(days=7))
    quarter = moment.now
    while quarter < moment.now + timedelta(days=7):
        assert free_times.is_free(offering, quarter) is (quarter in shown)
        quarter += timedelta(minutes=15)
    assert shown


@pytest.mark.parametrize("change", ["2027-03-28", "2027-10-31"])
def test_every_time_that_is_shown_is_free_when_the_clocks_change(moment: Moment, change: str) -> None:
    offering = an_offering(open_all_week(a_coach(timezone="Europe/Berlin"), "00:00", "24:00"), horizon_days=30)
    midnight = datetime.fromisoformat(change).replace(tzinfo=UTC) - timedelta(hours=3)
    moment.set(midnight - timedelta(days=2))
    shown = free_times.free_times(offering, start=midnight, end=midnight + timedelta(hours=30))
    assert len(shown) == len(set(shown)) == 30 * 4
    assert all(free_times.is_free(offering, start) for start in shown[8:24])


@pytest.mark.parametrize("seconds", [1, 60, 420])
def test_a_time_beside_a_step_is_not_free(offering: Offering, seconds: int) -> None:
    assert free_times.is_free(offering, at(9))
    assert not free_times.is_free(offering, at(9) + timedelta(seconds=seconds))


def test_a_time_may_be_asked_for_in_any_zone(offering: Offering) -> None:
    berlin = datetime.fromisoformat("2027-03-02T10:00:00+01:00")
    assert free_times.is_free(offering, berlin)


def test_the_nearest_times_are_named_in_order(offering: Offering) -> None:
    claimed(offering, at(10), at(11))
    near = free_times.nearest(offering, at(10))
    assert [f"{start:%d %H:%M}" for start in near] == ["02 09:00", "02 11:00", "03 09:00"]
    assert len(free_times.nearest(offering, at(10), count=1)) == 1


def test_a_coach_without_hours_has_nothing_near() -> None:
    closed: Coach = a_coach()
    assert free_times.nearest(an_offering(closed), at(10)) == []
