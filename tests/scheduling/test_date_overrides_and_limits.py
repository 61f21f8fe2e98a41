"""Schedules, date overrides, time off, holidays and limits: each refusal names its field, each takes effect."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.db import session, uuid7
from marketplace.errors import Invalid, NotFound
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.rules import limits as limit_rules
from marketplace.scheduling.service import date_overrides, projection, time_off, weekly_hours
from tests.factories import a_coach, a_hold, a_person

TUESDAY = date(2027, 3, 2)
TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
NOON = TEN + timedelta(hours=2)


def free(offering, day=TUESDAY):
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return free_times.free_times(offering, start=start, end=start + timedelta(days=1))


def refused(command, *args, **kwargs):
    with pytest.raises(Invalid) as refusal:
        command(*args, **kwargs)
    return set(refusal.value.fields)


def override(day=TUESDAY, kind="hours", start="13:00", end="14:00"):
    return {"date": day, "kind": kind, "start": start, "end": end}


def test_a_closed_date_offers_nothing_and_others_stay(ada, offering):
    date_overrides.set_overrides(ada.user, overrides=[{"date": TUESDAY, "kind": "closed"}])
    assert free(offering) == []
    assert free(offering, TUESDAY + timedelta(days=1)) != []
    assert [one.kind for one in hours_queries.overrides_of(ada.id, TUESDAY)] == ["closed"]


def test_other_hours_replace_the_weeks_and_extra_ones_join_them(ada, offering):
    date_overrides.set_overrides(ada.user, overrides=[override()])
    assert [start.hour for start in free(offering)] == [12]
    date_overrides.set_overrides(ada.user, overrides=[override(kind="extra", start="20:00", end="21:00")])
    assert max(free(offering)).hour == 19
    assert min(free(offering)) < TEN
    date_overrides.set_overrides(ada.user, overrides=[])
    assert max(free(offering)).hour < 19


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ([override(start="soon")], "overrides.0.start"),
        ([override(end="")], "overrides.0.end"),
        ([override(start="24:00")], "overrides.0.start"),
        ([override(start="13:00", end="13:00")], "overrides.0.end"),
        ([override(kind="perhaps")], "overrides.0.kind"),
        ([override(day=date(2026, 1, 1))], "overrides.0.date"),
        ([override(day=date(2031, 1, 1))], "overrides.0.date"),
        ([{"date": TUESDAY, "kind": "closed"}, override()], "overrides.1.kind"),
        ([override(), override(start="13:30", end="15:00")], "overrides.1.start"),
        ([override(day=TUESDAY + timedelta(days=n)) for n in range(500)], "overrides"),
    ],
)
def test_a_wrong_date_is_refused_naming_it(ada, overrides, field):
    assert refused(date_overrides.set_overrides, ada.user, overrides=overrides) == {field}


def test_an_offering_follows_the_schedule_it_names(ada, offering):
    evenings = weekly_hours.add_schedule(ada.user, name="  Evenings ")
    weekly_hours.set_weekly_hours(
        ada.user, hours=[{"weekday": 1, "start": "19:00", "end": "21:00"}], schedule_id=evenings.id
    )
    offering.schedule_id = evenings.id
    session().commit()
    projection.expand_openings(str(ada.id))
    assert [schedule.name for schedule in hours_queries.schedules_of(ada.id)][1:] == ["Evenings"]
    assert min(free(offering)).hour == 18
    with pytest.raises(weekly_hours.ScheduleInUse, match="follows this schedule"):
        weekly_hours.remove_schedule(ada.user, schedule_id=evenings.id)


def test_a_schedule_is_renamed_and_removed_and_the_usual_one_stays(ada):
    evenings = weekly_hours.add_schedule(ada.user, name="Evenings")
    assert weekly_hours.rename_schedule(ada.user, schedule_id=evenings.id, name="Late").name == "Late"
    weekly_hours.remove_schedule(ada.user, schedule_id=evenings.id)
    with pytest.raises(NotFound):
        weekly_hours.remove_schedule(ada.user, schedule_id=evenings.id)
    with pytest.raises(weekly_hours.ScheduleInUse, match="usual"):
        weekly_hours.remove_schedule(ada.user, schedule_id=ada.id)


def test_a_schedules_name_is_there_and_its_own(ada):
    user = ada.user
    assert refused(weekly_hours.add_schedule, user, name="  ") == {"name"}
    assert refused(weekly_hours.add_schedule, user, name="x" * 61) == {"name"}
    weekly_hours.add_schedule(user, name="Evenings")
    assert refused(weekly_hours.add_schedule, user, name="Evenings") == {"name"}
    for number in range(18):
        weekly_hours.add_schedule(user, name=f"Number {number}")
    assert refused(weekly_hours.add_schedule, user, name="One more") == {"name"}


def test_another_coachs_schedule_is_not_there(ada):
    evenings = weekly_hours.add_schedule(ada.user, name="Evenings")
    eve = a_coach("eve").user
    for command, more in ((weekly_hours.rename_schedule, {"name": "Mine"}), (weekly_hours.remove_schedule, {})):
        with pytest.raises(NotFound):
            command(eve, schedule_id=evenings.id, **more)
    with pytest.raises(NotFound):
        weekly_hours.set_weekly_hours(eve, hours=[], schedule_id=evenings.id)


def test_during_time_off_nothing_is_offered(ada, offering):
    away = time_off.add_time_off(ada.user, starts_on=TUESDAY, ends_on=TUESDAY + timedelta(days=1), note=" Lisbon ")
    assert away.note == "Lisbon"
    assert free(offering) == []
    assert free(offering, TUESDAY + timedelta(days=1)) == []
    assert free(offering, TUESDAY + timedelta(days=2)) != []
    time_off.remove_time_off(ada.user, time_off_id=away.id)
    assert free(offering) != []
    with pytest.raises(NotFound):
        time_off.remove_time_off(ada.user, time_off_id=away.id)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "note", "field"),
    [
        (TUESDAY, TUESDAY - timedelta(days=1), "", "ends_on"),
        (date(2026, 1, 1), date(2026, 1, 2), "", "ends_on"),
        (TUESDAY, date(2031, 1, 1), "", "ends_on"),
        (TUESDAY, TUESDAY, "x" * 201, "note"),
    ],
)
def test_a_wrong_absence_is_refused_naming_it(ada, starts_on, ends_on, note, field):
    given = {"starts_on": starts_on, "ends_on": ends_on, "note": note}
    assert refused(time_off.add_time_off, ada.user, **given) == {field}


def test_on_the_holidays_of_the_chosen_country_a_coach_is_closed(ada, offering):
    monday = date(2027, 3, 29)
    assert free(offering, monday) != []
    time_off.keep_holidays(ada.user, country="de")
    assert free(offering, monday) == []
    time_off.keep_holidays(ada.user, country=None)
    assert free(offering, monday) != []


def test_a_country_or_region_that_is_none_is_refused(ada):
    assert refused(time_off.keep_holidays, ada.user, country="ZZ") == {"country"}
    assert refused(time_off.keep_holidays, ada.user, country="DE", region="Nowhere") == {"region"}
    assert refused(time_off.keep_holidays, ada.user, country=None, region="BY") == {"region"}
    time_off.keep_holidays(ada.user, country="DE", region="BY")
    assert hours_queries.availability_of(ada.id).holiday_region == "BY"


@pytest.mark.parametrize(
    ("limits", "same_day", "same_week"),
    [
        ({"max_per_day": 1}, False, True),
        ({"max_per_week": 1}, False, False),
        ({"max_minutes_per_week": 90}, False, False),
        ({"max_minutes_per_week": 120}, True, True),
        ({"longest_streak_minutes": 60}, True, True),
    ],
)
def test_no_more_than_the_limits_can_be_booked(ada, offering, limits, same_day, same_week):
    time_off.set_limits(ada.user, **limits)
    a_hold(a_person("Mia"), offering, TEN)
    assert free_times.is_free(offering, TEN + timedelta(hours=3)) is same_day
    assert free_times.is_free(offering, TEN + timedelta(days=1)) is same_week


@pytest.mark.parametrize(("gap_minutes", "allowed"), [(0, False), (60, True)])
def test_the_longest_streak_counts_sessions_without_a_break_before_and_after(ada, offering, gap_minutes, allowed):
    time_off.set_limits(ada.user, longest_streak_minutes=90)
    a_hold(a_person("Mia"), offering, NOON)
    apart = timedelta(minutes=60 + gap_minutes)
    assert free_times.is_free(offering, NOON + apart) is allowed
    assert free_times.is_free(offering, NOON - apart) is allowed


def test_limits_that_are_none_are_refused_and_nothing_said_means_no_limit(ada):
    assert refused(time_off.set_limits, ada.user, max_per_day=0) == {"max_per_day"}
    assert time_off.set_limits(ada.user) == limit_rules.SessionLimits()


def test_who_never_applied_has_no_hours(ada):
    nobody = a_person("Nora")
    with pytest.raises(NotFound):
        time_off.set_limits(nobody)
    with pytest.raises(NotFound):
        hours_queries.own_schedule(ada, uuid7())
