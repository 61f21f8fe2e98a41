"""The coach's desk."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from marketplace.accounts.models import User
from marketplace.coaches import queries
from marketplace.scheduling.queries import hours as hours_queries
from tests.doors import PageClient
from tests.factories import a_coach, a_person, an_admin, an_offering, open_all_week, weekly_hours

BrowserOf = Callable[[User], PageClient]

LINE = {
    "title": "One hour",
    "description": "Bring one question.",
    "kind": "mentor",
    "minutes": "60",
    "price": "120.00",
    "notice_hours": "24",
    "horizon_days": "30",
    "buffer_before_minutes": "0",
    "buffer_after_minutes": "15",
}
PROFILE = {
    "handle": "ada",
    "headline": "New words",
    "about": "I lead.",
    "kinds": ["mentor"],
    "licence": "",
    "topics": "go",
    "languages": "German",
    "timezone": "America/New_York",
    "currency": "usd",
}
EMPTY_WEEK: dict[str, list[str]] = {f"{which}-{day}": ["", ""] for day in range(7) for which in ("start", "end")}


def words(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_a_mentee_is_shown_the_way(browser_of: BrowserOf) -> None:
    page = words(browser_of(a_person()).get("/dashboard"))
    assert "You are not a coach here yet." in page
    assert 'href="/apply"' in page


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("applied", "Your application arrived"),
        ("rejected", "Apply again"),
        ("suspended", "Your rate card is down"),
        ("approved", "/@ada</a>"),
    ],
)
def test_the_desk_says_where_she_stands(browser_of: BrowserOf, status: str, said: str) -> None:
    coach = a_coach(status=status, decision_reason="Two complaints." if status in {"rejected", "suspended"} else None)
    page = words(browser_of(coach.user).get("/dashboard"))
    assert said in page
    assert ("Two complaints." in page) is (coach.decision_reason is not None)


def test_the_desk_names_the_next_steps_until_they_are_done(browser_of: BrowserOf) -> None:
    ada = a_coach()
    browser = browser_of(ada.user)
    page = words(browser.get("/dashboard"))
    assert page.count("To do") == 2
    assert 'href="/dashboard/offerings/new"' in page
    open_all_week(ada)
    an_offering(ada)
    page = words(browser.get("/dashboard"))
    assert "To do" not in page
    assert "Before the first booking" not in page


@pytest.mark.parametrize(
    "path", ["/dashboard/profile", "/dashboard/offerings", "/dashboard/offerings/new", "/dashboard/hours"]
)
def test_the_rooms_of_the_desk_are_for_coaches(client: PageClient, browser_of: BrowserOf, path: str) -> None:
    assert "/login" in client.get(path).location
    assert browser_of(a_person()).get(path).status_code == 404
    assert browser_of(a_coach().user).get(path).status_code == 200


def test_the_profile_is_changed(browser_of: BrowserOf) -> None:
    ada = a_coach()
    browser = browser_of(ada.user)
    page = words(browser.get("/dashboard/profile"))
    assert 'value="English, German"' in page
    assert "readonly" in page
    assert browser.submit("/dashboard/profile", PROFILE).location == "/dashboard"
    assert (ada.headline, ada.topics, ada.languages, ada.timezone) == ("New words", ["go"], ["de"], "America/New_York")
    assert "Your rate card shows it now." in words(browser.get("/dashboard"))


def test_a_wrong_profile_keeps_what_was_typed(browser_of: BrowserOf) -> None:
    ada = a_coach()
    answer = browser_of(ada.user).submit("/dashboard/profile", PROFILE | {"headline": "", "topics": "a, b"})
    assert answer.status_code == 422
    assert 'href="#headline"' in words(answer)
    assert 'value="a, b"' in words(answer)
    assert ada.topics == ["leadership", "python"]


def test_becoming_a_therapist_says_that_it_waits(browser_of: BrowserOf) -> None:
    browser = browser_of(a_coach().user)
    browser.submit("/dashboard/profile", PROFILE | {"kinds": ["therapist"], "licence": "Berlin 1234"})
    assert "Your profile is waiting for vetting." in words(browser.get("/dashboard"))


def test_an_offering_is_published_and_stands_on_the_list(browser_of: BrowserOf) -> None:
    ada = a_coach()
    browser = browser_of(ada.user)
    assert "Your rate card is empty." in words(browser.get("/dashboard/offerings"))
    answer = browser.submit("/dashboard/offerings/new", LINE | {"by_approval": "yes"})
    assert answer.location == "/dashboard/offerings"
    (line,) = queries.offerings_of(ada.id)
    assert (line.price_cents, line.by_approval, line.buffer_after_minutes) == (12000, True, 15)
    page = words(browser.get("/dashboard/offerings"))
    assert "Published: One hour, 120.00 USD." in page
    assert "you answer each request" in page


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"price": "12"}, "price", "The least for 60 minutes is 30.00 USD"),
        ({"price": "a lot"}, "price", "Write an amount like 120.00."),
        ({"price": "12.345"}, "price", "Write an amount like 120.00."),
        ({"price": ""}, "price", "Write an amount like 120.00."),
        ({"minutes": "an hour"}, "minutes", "Write a whole number of minutes."),
        ({"minutes": ""}, "minutes", "Write a whole number of minutes."),
        ({"minutes": "5"}, "minutes", "from 10 to 480"),
        ({"title": ""}, "title", "Give it a title."),
        ({"kind": "therapist"}, "kind", "Choose a kind of help that your profile names."),
        ({"horizon_days": "400"}, "horizon_days", "from 1 to 365"),
    ],
)
def test_a_wrong_offering_is_told_at_the_field_and_kept(
    browser_of: BrowserOf, changes: dict[str, str], field: str, said: str
) -> None:
    ada = a_coach()
    answer = browser_of(ada.user).submit("/dashboard/offerings/new", LINE | {"by_approval": "yes"} | changes)
    assert answer.status_code == 422
    page = words(answer)
    assert f'<a href="#{field}">{said}' in page or said in page
    assert f'id="{field}-error"' in page
    assert "Bring one question." in page
    assert re.search(r'name="by_approval"[^>]* checked', page)
    assert queries.offerings_of(ada.id) == []


def test_an_offering_is_edited_for_new_bookings(browser_of: BrowserOf) -> None:
    ada = a_coach()
    line = an_offering(ada, by_approval=True)
    browser = browser_of(ada.user)
    path = f"/dashboard/offerings/{line.id}"
    assert 'value="120.00"' in words(browser.get(path))
    assert browser.submit(path, LINE | {"price": "150"}).location == "/dashboard/offerings"
    assert (line.price_cents, line.by_approval, line.title) == (15000, False, "One hour")
    refused = browser.submit(path, LINE | {"price": "1"})
    assert refused.status_code == 422
    assert 'value="1"' in words(refused)


def test_an_offering_is_retired(browser_of: BrowserOf) -> None:
    ada = a_coach()
    line = an_offering(ada)
    browser = browser_of(ada.user)
    path = f"/dashboard/offerings/{line.id}"
    assert browser.submit(f"{path}/retire", seen=path).location == "/dashboard/offerings"
    assert not line.active
    assert "Retired" in words(browser.get("/dashboard/offerings"))
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("who", ["another coach", "a mentee", "an admin"])
def test_to_others_an_offering_does_not_exist(browser_of: BrowserOf, who: str) -> None:
    line = an_offering(a_coach())
    actor = {"another coach": lambda: a_coach("bea").user, "a mentee": a_person, "an admin": an_admin}[who]()
    browser = browser_of(actor)
    path = f"/dashboard/offerings/{line.id}"
    assert browser.get(path).status_code == 404
    assert browser.submit(path, LINE, seen="/account").status_code == 404
    assert browser.submit(f"{path}/retire", seen="/account").status_code == 404
    assert line.active


@pytest.mark.parametrize("status", ["applied", "suspended"])
def test_who_is_not_approved_cannot_publish(browser_of: BrowserOf, status: str) -> None:
    browser = browser_of(a_coach(status=status).user)
    assert "Offerings can be published while you are an approved coach." in words(browser.get("/dashboard/offerings"))
    assert browser.submit("/dashboard/offerings/new", LINE).status_code == 403


def test_hours_are_set_without_a_script(browser_of: BrowserOf) -> None:
    ada = a_coach()
    weekly_hours(ada, 4)
    browser = browser_of(ada.user)
    week = EMPTY_WEEK | {"start-0": ["09:00", "14:00", ""], "end-0": ["12:00", "18:30", ""]}
    week |= {"start-6": ["22:00"], "end-6": ["00:00"]}
    assert browser.submit("/dashboard/hours", week).location == "/dashboard/hours"
    assert [(range_.weekday, range_.start, range_.end) for range_ in hours_queries.week_of(ada.id)] == [
        (0, "09:00", "12:00"),
        (0, "14:00", "18:30"),
        (6, "22:00", "24:00"),
    ]
    page = words(browser.get("/dashboard/hours"))
    assert len(re.findall(r'name="start-0"', page)) == 3, "its ranges and one empty row"
    assert len(re.findall(r'name="start-1"', page)) == 1
    assert re.search(r'name="end-6" value="00:00"', page)
    assert "Berlin" in page


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"start-2": ["09:00"], "end-2": [""]}, "end-2-0", "Write a time like 09:00."),
        ({"start-2": ["09:00"], "end-2": ["09:00"]}, "end-2-0", "The end must come after the start; before it, it is"),
        (
            {"start-2": ["", "09:00", "10:00"], "end-2": ["", "11:00", "12:00"]},
            "start-2-2",
            "This overlaps Wednesday 09:00 to 11:00.",
        ),
    ],
)
def test_a_wrong_range_is_told_where_it_stands_and_the_week_is_kept(
    browser_of: BrowserOf, changes: dict[str, list[str]], place: str, said: str
) -> None:
    ada = a_coach()
    week = EMPTY_WEEK | {"start-0": ["08:15"], "end-0": ["09:45"]} | changes
    answer = browser_of(ada.user).submit("/dashboard/hours", week)
    page = words(answer)
    assert answer.status_code == 422
    assert f'<a href="#{place}">Wednesday: {said}' in page
    assert f'id="{place}"' in page
    assert f'id="{place}-error">{said}' in page
    assert 'value="08:15"' in page
    for typed in changes["start-2"]:
        assert f'value="{typed}"' in page
    assert hours_queries.week_of(ada.id) == []


def test_too_many_ranges_are_refused_in_words(browser_of: BrowserOf) -> None:
    many = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(72)]
    week = EMPTY_WEEK | {"start-0": many[:-1], "end-0": many[1:]}
    answer = browser_of(a_coach().user).submit("/dashboard/hours", week)
    assert answer.status_code == 422
    assert "Use at most 70 ranges a week." in words(answer)


def test_a_first_offering_begins_with_a_template(browser_of: BrowserOf) -> None:
    browser = browser_of(a_coach().user)
    page = words(browser.get("/dashboard/offerings/new"))
    assert 'href="/dashboard/offerings/new?template=hour"' in page
    assert "<strong>one question</strong>" in page
    form = words(browser.get("/dashboard/offerings/new?template=hour"))
    assert 'value="One hour of mentoring"' in form
    assert "Bring **one question**." in form
    assert 'value="60"' in form
    assert '<details class="mb-4">' in form
    wrong = words(browser.submit("/dashboard/offerings/new", LINE | {"horizon_days": "0"}))
    assert '<details class="mb-4" open>' in wrong
