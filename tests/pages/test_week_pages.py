"""A coach's week: copied days, what mentees see beside the hours, and the calendar of blocks."""

from datetime import timedelta

from marketplace.calendars.models import BusyTime, Calendar
from marketplace.db import session
from marketplace.pages.week_blocks import free_spans
from marketplace.scheduling.queries import hours as hours_queries
from marketplace.scheduling.service.projection import expand_openings
from tests.factories import a_booking
from tests.scenes import TEN


def words(answer):
    return str(answer.get_data(as_text=True))


def test_starts_near_each_other_are_one_stretch_of_free_time():
    hour = timedelta(hours=1)
    starts = [TEN, TEN + hour / 2, TEN + hour, TEN + 4 * hour]
    assert free_spans(starts, 60) == [(TEN, TEN + 2 * hour), (TEN + 4 * hour, TEN + 5 * hour)]


def test_a_day_is_copied_to_the_weekdays_and_kept_once_saved(ada, browser_of):
    browser = browser_of(ada.user)
    given = {f"{which}-{day}": ["", ""] for day in range(7) for which in ("start", "end")}
    given |= {"start-2": ["08:00", ""], "end-2": ["11:30", ""]}
    page = words(browser.submit("/dashboard/hours", given | {"copy": "2"}))
    assert "Copied to Monday to Friday. Save the week to keep it." in page
    assert page.count('value="08:00"') == 5
    assert len(hours_queries.week_of(ada.id)) == 7
    given |= {f"{which}-{day}": given[f"{which}-2"] for day in range(5) for which in ("start", "end")}
    assert browser.submit("/dashboard/hours", given).status_code == 302
    assert [(each.weekday, each.start, each.end) for each in hours_queries.week_of(ada.id)] == [
        (day, "08:00", "11:30") for day in range(5)
    ]


def test_hours_stand_beside_what_mentees_see_of_them(ada, offering, browser_of):
    browser = browser_of(ada.user)
    page = words(browser.get("/dashboard/hours"))
    assert "The next seven days of One hour of mentoring" in page
    assert "09:00-17:00" in page


def test_a_week_shows_sessions_free_time_and_what_is_busy_elsewhere(ada, offering, mia, stripe, browser_of):
    a_booking(mia, offering, TEN, stripe)
    calendar = Calendar(coach_id=ada.id, kind="ics", name="Family", sealed=b"", hint="")
    session().add(calendar)
    session().flush()
    busy = {"calendar_id": calendar.id, "coach_id": ada.id}
    session().add(BusyTime(starts_at=TEN + timedelta(hours=2), ends_at=TEN + timedelta(hours=3), **busy))
    session().commit()
    expand_openings(str(ada.id))
    page = words(browser_of(ada.user).get("/dashboard/mentee-view"))
    for shown in ("Mia", "Busy elsewhere", "13:00-14:00", "12:00-13:00", "Free"):
        assert shown in page
