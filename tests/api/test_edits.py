"""What somebody else has changed meanwhile is never overwritten unread."""

import pytest

from tests.api.test_bodies import body_of, everybody, operations, sent  # noqa: F401  a fixture
from tests.factories import a_coach, a_person, an_offering

EDITS = {"PUT", "PATCH"}


def test_an_edit_says_which_version_it_changes(everybody):  # noqa: F811
    tried = 0
    for method, path, operation, document in operations(everybody):
        if method in EDITS:
            assert body_of(operation, document) is not None
            wanted = next(one for one in operation["parameters"] if one["name"] == "If-Match")
            assert (wanted["in"], wanted["required"]) == ("header", True), path
            assert {"412", "428"} <= set(operation["responses"]), path
            tried += 1
    assert tried >= 14


def test_without_a_version_nothing_is_changed(api):
    person = a_person("Mia")
    own = api(person)
    answer = own.call("PATCH", "/me", {"name": "Maria"})
    assert answer.status_code == 428
    assert "If-Match" in answer.json["detail"]
    assert own.get("/me").json["name"] == "Mia"


def test_the_second_of_two_who_read_the_same_is_told(api):
    own = api(a_person("Mia"))
    seen = own.get("/me").headers["ETag"]
    first = own.patch("/me", {"name": "Maria"}, If_Match=seen)
    assert (first.status_code, first.headers["ETag"] != seen) == (200, True)
    second = own.patch("/me", {"timezone": "Asia/Tokyo"}, If_Match=seen)
    assert (second.status_code, second.content_type) == (412, "application/problem+json")
    assert own.get("/me").json["timezone"] != "Asia/Tokyo"
    assert own.patch("/me", {"timezone": "Asia/Tokyo"}, If_Match=first.headers["ETag"]).status_code == 200
    assert own.patch("/me", {"name": "M"}, If_Match=f"W/{own.get('/me').headers['ETag']}").status_code == 412
    assert own.patch("/me", {"name": "M"}, If_Match="*").status_code == 200


NO_LIMITS = dict.fromkeys(("max_per_day", "max_per_week", "max_minutes_per_week", "longest_streak_minutes"))
DETAILS = {"name": "Ada Ltd", "address": "", "tax_id": "", "tax_percent": None, "tax_note": ""}
BANK = {"holder": "Ada", "country": "DE", "account": "DE89370400440532013000", "bic": "", "bank_code": ""}
WEEK = {"hours": [{"weekday": 0, "start": "09:00", "end": "12:00"}]}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/me", {"name": "Ada L."}),
        ("PATCH", "/coach", {"headline": "New words"}),
        ("PATCH", "/coach/offerings/{offering}", {"title": "Another hour"}),
        ("PUT", "/coach/hours", WEEK),
        ("PATCH", "/coach/schedules/{schedule}", {"name": "Nights"}),
        ("PUT", "/coach/schedules/{schedule}/hours", WEEK),
        (
            "PUT",
            "/coach/schedules/{schedule}/date-overrides",
            {"overrides": [{"date": "2027-03-09", "kind": "closed"}]},
        ),
        ("PUT", "/coach/holidays", {"country": "DE", "region": None}),
        ("PUT", "/coach/limits", NO_LIMITS | {"max_per_day": 3}),
        ("PUT", "/coach/away-message", {"message": "Back in May.", "until": None}),
        ("PUT", "/coach/meeting-link", {"url": "https://video.example/ada"}),
        ("PUT", "/coach/payout-schedule", {"schedule": "monthly"}),
        ("PUT", "/coach/bank/transfer", BANK),
        ("PUT", "/me/invoice-details", DETAILS),
    ],
)
def test_what_is_read_has_the_tag_that_its_edit_wants(method, path, body, api):
    coach = a_coach()
    offering = an_offering(coach).id
    own = api(coach.user)
    made = own.post("/coach/schedules", {"name": "Evenings"})
    where = path.format(offering=offering, schedule=made.json["id"])
    seen = own.get(where).headers["ETag"]
    assert seen.startswith('"')
    assert own.get(where).headers["ETag"] == seen
    changed = own.call(method, where, body, If_Match=seen)
    assert changed.status_code == 200, changed.text
    assert changed.headers["ETag"] == own.get(where).headers["ETag"] != seen
    assert own.call(method, where, body, If_Match=seen).status_code == 412
