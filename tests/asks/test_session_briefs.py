"""The brief of a session has the fields and the points of an ask, in the API and on its page."""

from datetime import date

import pytest

from marketplace.asks.briefs import queries
from marketplace.asks.rules.brief import MOST_POINTS
from marketplace.audit.queries import timeline_of
from marketplace.languages.formats import day
from tests.asks.conftest import BRIEF as ASKED
from tests.factories import BRIEF, a_booking, a_person
from tests.pages.reading import read
from tests.scenes import TEN

EMPTY = {"brief": BRIEF, "not_about": "", "tried": "", "why_coach": "", "aim": "", "by_when": None}
WHOLE = {
    "brief": ASKED["about"],
    "not_about": ASKED["not_about"],
    "tried": ASKED["tried"],
    "why_coach": ASKED["why_coach"],
    "aim": ASKED["aim"],
    "by_when": "2027-03-20",
}


@pytest.fixture
def booked(mia, offering, stripe):
    return a_booking(mia, offering, TEN, stripe)


def put(client, booking, said):
    found = client.get(f"/bookings/{booking.id}/brief")
    return client.put(f"/bookings/{booking.id}/brief", said, If_Match=found.headers["ETag"])


def test_it_has_the_points_of_an_ask_and_says_how_to_earn_the_others(api, booked, mia, ada):
    mentee, coach = api(mia), api(ada.user)
    short = mentee.get(f"/bookings/{booked.id}/brief").json
    assert (short["brief"], short["tried"], short["by_when"]) == (BRIEF, "", None)
    assert set(short["missing"]) == {"brief", "not_about", "aim", "why_coach", "by_when", "tried"}
    answer = put(mentee, booked, WHOLE)
    assert answer.status_code == 200
    assert answer.json == WHOLE | {"points": MOST_POINTS, "missing": {}}
    assert coach.get(f"/bookings/{booked.id}/brief").json == answer.json


def test_what_is_emptied_is_empty_and_the_same_again_is_no_change(api, booked, mia):
    mentee = api(mia)
    put(mentee, booked, WHOLE)
    put(mentee, booked, WHOLE)
    put(mentee, booked, EMPTY)
    found = queries.of_session(booked)
    assert (found.tried, found.by_when, booked.brief_details) == ("", None, {})
    assert [entry.action for entry in timeline_of(booked.id)].count("booking.brief_changed") == 2


def test_an_edit_of_what_was_not_read_is_refused_and_wrong_fields_are_named(api, booked, mia):
    mentee, path = api(mia), f"/bookings/{booked.id}/brief"
    stale = mentee.get(path).headers["ETag"]
    put(mentee, booked, WHOLE)
    assert mentee.put(path, WHOLE | {"aim": "Two."}, If_Match=stale).status_code == 412
    wrong = put(mentee, booked, EMPTY | {"brief": "help", "aim": "x" * 501, "by_when": "soon"})
    assert (wrong.status_code, set(wrong.json["errors"])) == (422, {"brief", "aim", "by_when"})
    assert queries.of_session(booked).by_when == date(2027, 3, 20)


def test_it_is_the_mentees_to_change_until_it_begins(api, booked, mia, ada, moment):
    assert put(api(ada.user), booked, WHOLE).status_code == 403
    assert api(a_person("Noor")).get(f"/bookings/{booked.id}/brief").status_code == 404
    moment.set(TEN)
    assert put(api(mia), booked, WHOLE).status_code == 409
    moment.set(booked.ends_at)
    over = api(mia).get(f"/bookings/{booked.id}/brief").json
    assert (over["points"], over["missing"]) == (None, {})


def test_the_page_shows_the_points_to_both_and_hints_to_the_mentee(booked, mia, ada, browser_of):
    page, mentee = f"/sessions/{booked.id}", browser_of(mia)
    before = queries.of_session(booked).points
    assert f"{before} of 12 points" in read(mentee.get(page)).text
    assert "Say why you ask this coach." in read(mentee.get(page)).text
    mentee.submit(f"{page}/brief", WHOLE, seen=page)
    for person in (mia, ada.user):
        shown = read(browser_of(person).get(page)).text
        assert "12 of 12 points" in shown
        assert WHOLE["tried"] in shown
        assert day(date(2027, 3, 20), year=True) in shown
    assert "Say why you ask this coach." not in read(browser_of(ada.user).get(page)).text


def test_what_is_wrong_stands_in_the_form_again_and_nothing_is_lost(booked, mia, browser_of):
    page = f"/sessions/{booked.id}"
    answer = browser_of(mia).submit(f"{page}/brief", WHOLE | {"brief": "help", "by_when": "2027-99-01"}, seen=page)
    assert answer.status_code == 422
    assert WHOLE["tried"] in answer.text
    assert ">\nhelp</textarea>" in answer.text


def test_a_session_that_came_of_an_ask_has_what_was_said_there(booked, api, ada, mia, offering):
    mentee = api(mia)
    ask = mentee.post("/asks", ASKED | {"coach": "ada", "by_when": "2027-03-20"}).json
    quoted = api(ada.user).post(f"/asks/{ask['id']}/quotes", {"minutes": 45})
    assert quoted.status_code == 201, quoted.json
    held = mentee.post(f"/quotes/{quoted.json['id']}/hold", {"starts_at": "2027-03-04T10:00:00Z"})
    assert held.status_code == 201, held.json
    found = mentee.get(f"/bookings/{held.json['id']}/brief").json
    assert (found["tried"], found["by_when"]) == (ASKED["tried"], "2027-03-20")
