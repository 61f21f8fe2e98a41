"""Pages of schedules, date overrides, time off, holidays, limits, and what mentees see."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.service import date_overrides, time_off
from marketplace.scheduling.service import weekly_hours as weekly_hour_service
from tests.conftest import START, Moment
from tests.doors import PageClient
from tests.factories import a_coach, a_hold, a_person, an_offering, open_all_week, weekly_hours

NO_LIMITS = dict.fromkeys(("max_per_day", "max_per_week", "max_minutes_per_week", "longest_streak_minutes"), "")

BrowserOf = Callable[[Any], PageClient]
EMPTY_WEEK = {f"{which}-{day}": [""] for day in range(7) for which in ("start", "end")}
TOMORROW = date(2027, 3, 2)


def words(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


@pytest.fixture
def ada() -> Coach:
    return open_all_week(a_coach())


def is_free(line: uuid.UUID, at: datetime) -> bool:
    """Can the offering be booked then, as whoever comes next would see it?"""
    return free_times.is_free(coaches.offering_for_booking(line), at)


def test_a_range_over_midnight_is_typed_and_shown_as_people_say_it(browser_of: BrowserOf, ada: Coach) -> None:
    browser = browser_of(ada.user)
    assert (
        browser.submit("/dashboard/hours", EMPTY_WEEK | {"start-4": ["22:00"], "end-4": ["02:00"]}).status_code == 302
    )
    assert [(h.weekday, h.start_minute, h.end_minute) for h in hours_queries.week_of(ada.id)] == [(4, 1320, 1560)]
    page = words(browser.get("/dashboard/hours"))
    assert 'name="end-4" value="02:00"' in page
    assert page.count("next day</span>") == 1
    line = an_offering(ada).id
    friday = datetime(2027, 3, 5, 21, tzinfo=UTC)
    assert is_free(line, friday + timedelta(hours=3))


def test_a_further_schedule_is_made_filled_followed_renamed_and_removed(browser_of: BrowserOf, ada: Coach) -> None:
    browser = browser_of(ada.user)
    made = browser.submit("/dashboard/hours/schedules", {"name": "Evenings"}, seen="/dashboard/hours/schedules/new")
    (_, evenings) = hours_queries.schedules_of(ada.id)
    assert made.location == f"/dashboard/hours/{evenings.id}"
    browser.submit(made.location, EMPTY_WEEK | {"start-1": ["19:00"], "end-1": ["21:00"]})
    line = {"title": "An evening", "kind": "mentor", "minutes": "60", "price": "120", "notice_hours": "12"}
    line |= {"horizon_days": "60", "buffer_before_minutes": "0", "buffer_after_minutes": "0"}
    line |= {"schedule_id": str(evenings.id), "start_step_minutes": "60", "max_per_day": "1"}
    assert browser.submit("/dashboard/offerings/new", line).location == "/dashboard/offerings"
    page = words(browser.get(made.location))
    assert "This offering follows it: An evening." in page
    assert "Remove this schedule" not in page
    refused = browser.submit(f"{made.location}/remove", {}, seen=made.location)
    assert "An evening follows this schedule." in words(browser.get(refused.location))
    browser.submit(f"{made.location}/name", {"name": "Late"}, seen=made.location)
    assert "It is called Late now." in words(browser.get(made.location))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Usual week", "You have a schedule of this name already."),
        ("E" * 61, "Give it a name of at most 60 characters."),
        (" ", "Give it a name of at most 60 characters."),
    ],
    ids=["taken", "too long", "empty"],
)
def test_a_name_that_cannot_be_is_told_at_its_field_and_kept(
    browser_of: BrowserOf, ada: Coach, name: str, sentence: str
) -> None:
    evenings = weekly_hour_service.add_schedule(ada.user, name="Evenings").id
    weekly_hour_service.set_weekly_hours(
        ada.user, schedule_id=evenings, hours=[{"weekday": 1, "start": "19:00", "end": "21:00"}]
    )
    here = f"/dashboard/hours/{evenings}"
    answer = browser_of(ada.user).submit(f"{here}/name", {"name": name}, seen=here)
    page = words(answer)
    assert answer.status_code == 422
    assert f'<a href="#name">{sentence}</a>' in page
    assert f'id="name-error">{sentence}</div>' in page
    assert f'name="name" value="{name}"' in page
    assert "<h1>Evenings</h1>" in page
    assert 'name="start-1" value="19:00"' in page
    assert [one.name for one in hours_queries.schedules_of(ada.id)] == ["Usual week", "Evenings"]


def test_a_schedule_without_a_name_is_refused_at_the_field(browser_of: BrowserOf, ada: Coach) -> None:
    answer = browser_of(ada.user).submit(
        "/dashboard/hours/schedules", {"name": " "}, seen="/dashboard/hours/schedules/new"
    )
    assert answer.status_code == 422
    assert "Give it a name" in words(answer)


def test_single_dates_are_added_listed_and_removed(browser_of: BrowserOf, ada: Coach) -> None:
    line = an_offering(ada).id
    browser = browser_of(ada.user)
    path = f"/dashboard/hours/{ada.id}/date-overrides"
    assert "The week holds on every date." in words(browser.get(path))
    browser.submit(path, {"date": "2027-03-04", "kind": "closed", "start": "", "end": ""})
    browser.submit(path, {"date": "2027-03-05", "kind": "extra", "start": "22:00", "end": "01:00"})
    browser.submit(path, {"date": "2027-03-06", "kind": "hours", "start": "20:00", "end": "00:00"})
    page = re.sub(r"\s+", " ", words(browser.get(path)))
    assert 'Thu 4 Mar 2027</strong><span class="muted">Closed' in page
    assert "Open besides, 22:00-01:00 (next day)" in page
    assert "Other hours, 20:00-24:00" in page
    assert not is_free(line, datetime(2027, 3, 4, 9, tzinfo=UTC))
    assert is_free(line, datetime(2027, 3, 5, 23, tzinfo=UTC))
    closed = re.findall(r'action="(/dashboard/hours/date-overrides/[^"]+/remove)"', page)[0]
    browser.submit(closed, {}, seen=path)
    assert is_free(line, datetime(2027, 3, 4, 9, tzinfo=UTC))


def shown_dates(page: str) -> list[str]:
    return re.findall(r'who-what"><strong>\w+ (\d+ \w+) 2027', page)


def test_many_dates_have_pages_and_those_past_stand_behind_a_link(
    browser_of: BrowserOf, ada: Coach, moment: Moment
) -> None:
    many = [{"date": TOMORROW + timedelta(days=day), "kind": "closed"} for day in range(45)]
    date_overrides.set_overrides(ada.user, overrides=many)
    browser = browser_of(ada.user)
    path = f"/dashboard/hours/{ada.id}/date-overrides"
    found, address = [], path
    while address:
        page = words(browser.get(address))
        found.append(shown_dates(page))
        onward = re.search(r'<a href="([^"]+)" rel="next">Later ones', page)
        address = onward[1].replace("&amp;", "&") if onward else ""
        assert "Past date overrides" not in page
    assert [len(dates) for dates in found] == [20, 20, 5]
    assert (found[0][0], found[1][0], found[2][-1]) == ("2 Mar", "22 Mar", "15 Apr")
    moment.advance(days=30)
    browser = browser_of(ada.user)
    page = words(browser.get(path))
    assert shown_dates(page)[0] == "31 Mar"
    assert f'href="{path}?past=yes"' in page
    past = words(browser.get(f"{path}?past=yes"))
    assert shown_dates(past)[:2] == ["30 Mar", "29 Mar"]
    assert "Remove" not in past
    onward = re.search(r'<a href="([^"]+)" rel="next">Earlier ones', past)
    assert onward is not None
    assert shown_dates(words(browser.get(onward[1].replace("&amp;", "&"))))[-1] == "2 Mar"


def test_what_is_no_page_of_dates_does_not_exist(browser_of: BrowserOf, ada: Coach) -> None:
    browser = browser_of(ada.user)
    path = f"/dashboard/hours/{ada.id}/date-overrides"
    for query in ("past=perhaps", "after=soon", "after=2027-03-04.9999", "after=2027-03-04"):
        assert browser.get(f"{path}?{query}").status_code == 404, query
    assert "The week has held on every date so far." in words(browser.get(f"{path}?past=yes"))


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"date": "", "kind": "closed"}, "date", "Write a date"),
        ({"date": "2027-02-28", "kind": "closed"}, "date", "Name a date from today on, within two years."),
        ({"date": "2027-03-04", "kind": "hours", "start": "10:00", "end": ""}, "end", "Write a time like 09:00."),
        (
            {"date": "2027-03-05", "kind": "extra", "start": "11:00", "end": "13:00"},
            "start",
            "This overlaps 10:00 to 12",
        ),
        ({"date": "2027-03-05", "kind": "closed"}, "kind", "A closed day has no other entry."),
        ({"date": "2027-03-05", "kind": "later"}, "kind", "Choose closed, hours or extra."),
    ],
)
def test_a_wrong_date_is_told_at_its_field_and_kept(
    browser_of: BrowserOf, ada: Coach, typed: dict[str, str], field: str, sentence: str
) -> None:
    date_overrides.add_override(ada.user, date=date(2027, 3, 5), kind="extra", start="10:00", end="12:00")
    answer = browser_of(ada.user).submit(f"/dashboard/hours/{ada.id}/date-overrides", {"start": "", "end": "", **typed})
    page = words(answer)
    assert answer.status_code == 422
    assert f'<a href="#{field}">{sentence}' in page
    assert f'value="{typed["date"]}"' in page
    assert len(hours_queries.overrides_of(ada.id)) == 1


def test_days_off_say_which_sessions_lie_in_them(browser_of: BrowserOf, ada: Coach) -> None:
    offering = an_offering(ada, title="One hour")
    line = offering.id
    a_hold(a_person("Max"), offering, datetime(2027, 3, 3, 9, tzinfo=UTC))
    browser = browser_of(ada.user)
    typed = {"starts_on": "2027-03-02", "ends_on": "2027-03-05", "note": "Lisbon"}
    assert browser.submit("/dashboard/time-off", typed).location == "/dashboard/time-off"
    page = words(browser.get("/dashboard/time-off"))
    assert "1 session lies in these days and stays booked: move or cancel it yourself." in page
    assert "Lisbon" in page
    assert "1 session booked in these days: it stays until you move or cancel it." in page
    assert not is_free(line, datetime(2027, 3, 4, 9, tzinfo=UTC))
    (remove,) = re.findall(r'action="(/dashboard/time-off/[^"]+/remove)"', page)
    browser.submit(remove, {}, seen="/dashboard/time-off")
    assert is_free(line, datetime(2027, 3, 4, 9, tzinfo=UTC))


def test_many_days_off_have_pages_and_those_past_stand_behind_a_link(
    browser_of: BrowserOf, ada: Coach, moment: Moment
) -> None:
    for number in range(23):
        day = TOMORROW + timedelta(days=2 * number)
        time_off.add_time_off(ada.user, starts_on=day, ends_on=day, note=f"Away {number}.")
    browser = browser_of(ada.user)
    page = words(browser.get("/dashboard/time-off"))
    onward = re.search(r'<a href="([^"]+)" rel="next">Later ones', page)
    assert onward is not None
    assert re.findall(r"Away (\d+)\.", page) == [str(number) for number in range(20)]
    assert re.findall(r"Away (\d+)\.", words(browser.get(onward[1].replace("&amp;", "&")))) == ["20", "21", "22"]
    assert "Past time off" not in page
    moment.advance(days=5)
    browser = browser_of(ada.user)
    assert 'href="/dashboard/time-off?past=yes"' in words(browser.get("/dashboard/time-off"))
    past = words(browser.get("/dashboard/time-off?past=yes"))
    assert re.findall(r"Away (\d+)\.", past) == ["1", "0"]
    assert "Remove" not in past
    for query in ("past=perhaps", "after=soon", "after=2027-03-04", "after=2027-03-04.9"):
        assert browser.get(f"/dashboard/time-off?{query}").status_code == 404, query


def test_wrong_days_off_are_told_and_kept(browser_of: BrowserOf, ada: Coach) -> None:
    typed = {"starts_on": "2027-03-05", "ends_on": "2027-03-02", "note": "Lisbon"}
    answer = browser_of(ada.user).submit("/dashboard/time-off", typed)
    page = words(answer)
    assert answer.status_code == 422
    assert '<a href="#ends_on">The last day does not come before the first.' in page
    assert 'value="Lisbon"' in page


def test_holidays_of_a_country_close_the_days_and_are_listed(browser_of: BrowserOf, ada: Coach) -> None:
    line = an_offering(ada).id
    browser = browser_of(ada.user)
    assert (
        browser.submit(
            "/dashboard/time-off/holidays", {"country": "DE", "region": ""}, seen="/dashboard/time-off"
        ).status_code
        == 303
    )
    page = words(browser.get("/dashboard/time-off"))
    assert "Fri 26 Mar 2027: Good Friday" in page
    assert '<option value="BY">BY</option>' in page
    in_german = browser.get("/dashboard/time-off", headers={"Accept-Language": "de"})
    assert "Karfreitag" in words(in_german)
    assert not is_free(line, datetime(2027, 3, 26, 9, tzinfo=UTC))
    assert (
        browser.submit(
            "/dashboard/time-off/holidays", {"country": "DE", "region": "BY"}, seen="/dashboard/time-off"
        ).status_code
        == 303
    )
    assert "Thu 27 May 2027: Corpus Christi" in words(browser.get("/dashboard/time-off"))
    wrong = browser.submit("/dashboard/time-off/holidays", {"country": "XX", "region": ""}, seen="/dashboard/time-off")
    assert (wrong.status_code, "Choose a country of the list." in words(wrong)) == (422, True)
    browser.submit("/dashboard/time-off/holidays", {"country": "", "region": ""}, seen="/dashboard/time-off")
    assert is_free(line, datetime(2027, 3, 26, 9, tzinfo=UTC))


def test_limits_over_all_offerings_are_kept_and_wrong_ones_told(browser_of: BrowserOf, ada: Coach) -> None:
    offering = an_offering(ada)
    line = offering.id
    browser = browser_of(ada.user)
    assert (
        browser.submit(
            "/dashboard/time-off/limits", NO_LIMITS | {"max_per_day": "1"}, seen="/dashboard/time-off"
        ).status_code
        == 303
    )
    a_hold(a_person("Max"), offering, datetime(2027, 3, 3, 9, tzinfo=UTC))
    assert not is_free(line, datetime(2027, 3, 3, 12, tzinfo=UTC))
    wrong = browser.submit(
        "/dashboard/time-off/limits", NO_LIMITS | {"max_per_day": "30", "max_per_week": "4"}, seen="/dashboard/time-off"
    )
    page = words(wrong)
    assert wrong.status_code == 422
    assert '<a href="#max_per_day">' in page
    assert 'value="30"' in page
    assert 'value="4"' in page


def test_the_preview_shows_what_is_free_what_is_booked_and_why_not(browser_of: BrowserOf, ada: Coach) -> None:
    offering = an_offering(ada, title="One hour")
    a_hold(a_person("Max"), offering, datetime(2027, 3, 3, 9, tzinfo=UTC))
    time_off.add_time_off(ada.user, starts_on=date(2027, 3, 4), ends_on=date(2027, 3, 4), note="Dentist")
    time_off.keep_holidays(ada.user, country="DE", region="BY")
    browser = browser_of(ada.user)
    page = words(browser.get("/dashboard/mentee-view"))
    assert "Time off from Thu 4 Mar to Thu 4 Mar. Dentist" in page
    assert "10:00-11:00 Max Held by Max, not paid yet" in re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    assert "Nothing" in page
    later = words(browser.get("/dashboard/mentee-view?week=2027-05-24"))
    assert "Thu 27 May is a holiday: Corpus Christi." in later


def test_a_preview_without_offerings_says_what_to_do(browser_of: BrowserOf) -> None:
    page = words(browser_of(a_coach().user).get("/dashboard/mentee-view"))
    assert "you have no offering that can be booked." in page


@pytest.mark.parametrize(
    "path",
    [
        "/dashboard/hours",
        "/dashboard/hours/schedules/new",
        "/dashboard/time-off",
        "/dashboard/mentee-view",
        "/dashboard/hours/{id}/date-overrides",
    ],
)
def test_these_rooms_are_for_coaches(client: PageClient, browser_of: BrowserOf, ada: Coach, path: str) -> None:
    path = path.format(id=ada.id)
    assert client.get(path).status_code == 302
    assert browser_of(a_person("Mia")).get(path).status_code == 404


def test_another_coachs_schedules_and_dates_do_not_exist(browser_of: BrowserOf, ada: Coach) -> None:
    evenings = weekly_hour_service.add_schedule(ada.user, name="Evenings")
    date_overrides.add_override(ada.user, date=TOMORROW, kind="closed")
    (one,) = hours_queries.date_overrides_page(ada.id, START.date()).dates
    away = time_off.add_time_off(ada.user, starts_on=TOMORROW, ends_on=TOMORROW)
    bea = a_coach("bea")
    weekly_hours(bea, 1)
    browser = browser_of(bea.user)
    assert browser.get(f"/dashboard/hours/{evenings.id}").status_code == 404
    assert browser.get(f"/dashboard/hours/{ada.id}/date-overrides").status_code == 404
    for path in (
        f"/dashboard/hours/{evenings.id}",
        f"/dashboard/hours/{evenings.id}/name",
        f"/dashboard/hours/{evenings.id}/remove",
        f"/dashboard/hours/date-overrides/{one.id}/remove",
        f"/dashboard/time-off/{away.id}/remove",
    ):
        assert browser.submit(path, {"name": "Mine"}, seen="/dashboard/hours").status_code == 404, path
    assert len(hours_queries.date_overrides_page(ada.id, START.date()).dates) == 1
