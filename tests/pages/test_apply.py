"""Asking to become a coach, on the page."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from marketplace.accounts.models import User
from marketplace.coaches import queries
from tests.doors import PageClient
from tests.factories import a_coach, a_person

BrowserOf = Callable[[User], PageClient]

FORM = {
    "handle": "mia",
    "headline": "Leads platform teams",
    "about": "Since **2009**.",
    "kinds": ["mentor", "tutor"],
    "licence": "",
    "topics": "Leadership, Python",
    "languages": "English, Deutsch",
    "timezone": "Europe/Berlin",
    "currency": "eur",
}


def test_an_application_is_sent_and_the_desk_says_it_waits(browser_of: BrowserOf) -> None:
    mia = a_person("Mia")
    browser = browser_of(mia)
    answer = browser.submit("/apply", FORM)
    assert (answer.status_code, answer.location) == (302, "/dashboard")
    coach = queries.profile_of(mia)
    assert (coach.handle, coach.status, coach.currency) == ("mia", "applied", "eur")
    assert (coach.topics, coach.languages, coach.kinds) == (["leadership", "python"], ["en", "de"], ["mentor", "tutor"])
    assert coach.licence is None
    desk = browser.get("/dashboard").get_data(as_text=True)
    assert "Waiting for vetting" in desk
    assert "Your application has arrived" in desk


def test_the_form_begins_with_what_is_known(browser_of: BrowserOf) -> None:
    page = browser_of(a_person(timezone="Asia/Kathmandu")).get("/apply").get_data(as_text=True)
    assert 'name="timezone" value="Asia/Kathmandu"' in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"handle": "admin"}, "handle"),
        ({"handle": ""}, "handle"),
        ({"headline": " "}, "headline"),
        ({"about": ""}, "about"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["therapist"]}, "licence"),
        ({"topics": " , "}, "topics"),
        ({"topics": ""}, "topics"),
        ({"languages": "Klingon"}, "languages"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"currency": "xyz"}, "currency"),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(
    browser_of: BrowserOf, changes: dict[str, Any], field: str
) -> None:
    mia = a_person("Mia")
    answer = browser_of(mia).submit("/apply", FORM | {"about": "I said <b>this</b>."} | changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in page
    assert f'id="{field}-error"' in page
    typed = FORM | {"about": "I said <b>this</b>."} | changes
    assert unescape(page).count(str(typed["about"])) >= 1
    for name in ("handle", "headline", "topics", "languages"):
        assert f'value="{typed[name]}"' in page
    assert "<b>this</b>" not in page
    assert queries.coach_of(mia) is None


def test_everything_that_is_missing_is_named_at_once(browser_of: BrowserOf) -> None:
    nothing = dict.fromkeys(FORM, "") | {"kinds": []}
    page = browser_of(a_person()).submit("/apply", nothing).get_data(as_text=True)
    assert {field for field in FORM if f'<a href="#{field}">' in page} == set(FORM) - {"licence"}


def test_a_handle_that_is_taken_is_told_at_the_field(browser_of: BrowserOf) -> None:
    a_coach("mia")
    answer = browser_of(a_person("Max")).submit("/apply", FORM)
    assert answer.status_code == 422
    assert "Somebody has this handle already." in answer.get_data(as_text=True)


def test_whoever_has_applied_is_sent_to_her_desk(browser_of: BrowserOf) -> None:
    browser = browser_of(a_coach(status="applied").user)
    assert browser.get("/apply").location == "/dashboard"


def test_after_a_refusal_the_form_knows_what_was_said(browser_of: BrowserOf) -> None:
    coach = a_coach("ada", status="rejected", decision_reason="Say more about your work.")
    browser = browser_of(coach.user)
    page = browser.get("/apply").get_data(as_text=True)
    assert "Say more about your work." in page
    assert 'value="leadership, python"' in page
    assert 'value="English, German"' in page
    assert browser.submit("/apply", FORM | {"handle": "ada"}).status_code == 302
    assert coach.status == "applied"


def test_somebody_who_is_not_signed_in_is_asked_to(client: PageClient) -> None:
    assert "/login" in client.get("/apply").location


def test_an_application_without_a_token_of_the_form_is_refused(browser_of: BrowserOf) -> None:
    mia = a_person("Mia")
    assert browser_of(mia).post("/apply", data=FORM).status_code == 400
    assert queries.coach_of(mia) is None
