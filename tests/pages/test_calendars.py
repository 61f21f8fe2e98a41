"""/dashboard/calendars and /api/v1/coach/calendars."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.calendars.rules import addresses as rules
from marketplace.calendars.service import imports
from tests.factories import a_coach, a_person

SECRET = "https://calendar.example.com/private-0123456789abcdef/basic.ics"


NOW = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours_ago", "error", "write_error", "standing"),
    [
        (None, None, None, "unread"),
        (1, None, None, "works"),
        (7, None, None, "overdue"),
        (1, "It is gone.", None, "broken"),
        (1, None, "It refuses.", "broken"),
        (None, "It is gone.", None, "broken"),
    ],
)
def test_a_calendar_works_only_once_and_while_it_is_read(hours_ago, error, write_error, standing):
    ok_at = None if hours_ago is None else NOW - timedelta(hours=hours_ago)
    assert rules.standing(now=NOW, ok_at=ok_at, error=error, write_error=write_error) == standing


@pytest.fixture
def ada():
    return a_coach("ada")


def test_a_coach_adds_reads_and_removes_a_calendar(ada, browser_of):
    browser = browser_of(ada.user)
    assert "No calendar yet" in browser.get("/dashboard/calendars").get_data(as_text=True)
    form = {"kind": "ics", "name": "Family", "url": SECRET}
    assert browser.submit("/dashboard/calendars", form).status_code == 303
    page = browser.get("/dashboard/calendars").get_data(as_text=True)
    assert "Family" in page
    assert "Waiting to be read for the first time." in page
    assert "Not read yet" in page
    assert "Works" not in page
    assert "0123456789abcdef" not in page
    address = page.split('action="/dashboard/calendars/')[1].split('/read"')[0]
    assert browser.submit(f"/dashboard/calendars/{address}/read", seen="/dashboard/calendars").status_code == 303
    assert browser.submit(f"/dashboard/calendars/{address}/remove", seen="/dashboard/calendars").status_code == 303
    assert "No calendar yet" in browser.get("/dashboard/calendars").get_data(as_text=True)


def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(ada, browser_of):
    answer = browser_of(ada.user).submit("/dashboard/calendars", {"kind": "ics", "name": "Family", "url": "ftp://x"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Give an address that begins with https:// or webcal://." in page
    assert 'value="Family"' in page


def test_caldav_needs_its_name_and_password(ada, browser_of):
    answer = browser_of(ada.user).submit("/dashboard/calendars", {"kind": "caldav", "name": "Work", "url": SECRET})
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count("Fill this in.") >= 2


def test_ten_calendars_are_enough(ada, browser_of):
    browser = browser_of(ada.user)
    for number in range(10):
        browser.submit("/dashboard/calendars", {"kind": "ics", "name": f"Number {number}", "url": SECRET})
    answer = browser.submit("/dashboard/calendars", {"kind": "ics", "name": "One more", "url": SECRET})
    page = browser.get(answer.location).get_data(as_text=True)
    assert "You have ten calendars already." in page


def test_somebody_who_never_applied_has_none(client, browser_of):
    assert client.get("/dashboard/calendars").status_code == 302
    assert browser_of(a_person("Mia")).get("/dashboard/calendars").status_code == 404


def test_the_api_does_the_same(ada, api):
    mine, strangers = api(ada.user), api(a_coach("eve").user)
    made = mine.post("/coach/calendars", {"name": "Family", "url": SECRET})
    assert made.status_code == 201
    assert made.json["hint"] == "calendar.example.com/….ics"
    assert [one["id"] for one in mine.get("/coach/calendars").json] == [made.json["id"]]
    path = f"/coach/calendars/{made.json['id']}"
    assert (strangers.delete(path).status_code, strangers.post(f"{path}/read").status_code) == (404, 404)
    assert mine.post(f"{path}/read").status_code == 200
    assert mine.delete(path).status_code == 204
    assert mine.get("/coach/calendars").json == []
    refused = mine.post("/coach/calendars", {"name": "", "url": "x"})
    assert refused.status_code == 422
    assert "name" in refused.json["errors"]


@pytest.mark.parametrize("status", ["applied", "rejected", "suspended"])
def test_an_applicant_cannot_make_the_worker_fetch_an_address(status, browser_of, api, run_jobs):
    eve = a_coach("eve", status=status)
    browser = browser_of(eve.user)
    answer = browser.submit("/dashboard/calendars", {"kind": "ics", "name": "Inside", "url": SECRET})
    assert "is read once your profile is approved" in browser.get(answer.location).get_data(as_text=True)
    mine = api(eve.user)
    (calendar,) = mine.get("/coach/calendars").json
    refused = mine.post(f"/coach/calendars/{calendar['id']}/read")
    assert (refused.status_code, refused.json["detail"]) == (403, "Calendars are read once your profile is approved.")
    imports.fetch_calendars()
    imports.fetch_calendar(calendar["id"])
    # Only the mail about the new token.
    assert run_jobs() == ["send_message"]
    assert mine.get("/coach/calendars").json[0]["state"] == "Waiting to be read for the first time."
