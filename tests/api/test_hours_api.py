"""A coach's hours through the API: schedules, date overrides, time off, holidays, limits."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.coaches.models import Coach
from marketplace.scheduling.queries import hours as hours_queries
from tests.conftest import Moment
from tests.doors import ApiClient
from tests.factories import a_coach, a_person, an_offering, open_all_week

NO_LIMITS = dict.fromkeys(("max_per_day", "max_per_week", "max_minutes_per_week", "longest_streak_minutes"))

ApiOf = Callable[..., ApiClient]


@pytest.fixture
def ada() -> Coach:
    return open_all_week(a_coach())


def test_schedules_from_making_to_removing(api: ApiOf, ada: Coach) -> None:
    client = api(ada.user)
    made = client.post("/coach/schedules", {"name": "Evenings"}).get_json()
    assert (made["name"], made["usual"]) == ("Evenings", False)
    listed = client.get("/coach/schedules").get_json()["items"]
    assert [(one["name"], one["usual"]) for one in listed] == [("Usual week", True), ("Evenings", False)]
    path = f"/coach/schedules/{made['id']}"
    week = {"hours": [{"weekday": 4, "start": "22:00", "end": "02:00"}]}
    assert client.put(f"{path}/hours", week).get_json() == {**week, "timezone": "Europe/Berlin"}
    assert client.get(f"{path}/hours").get_json()["hours"] == week["hours"]
    line = an_offering(ada)
    assert (
        client.patch(f"/coach/offerings/{line.id}", {"schedule_id": made["id"]}).get_json()["schedule_id"] == made["id"]
    )
    assert client.delete(path).status_code == 409
    client.patch(f"/coach/offerings/{line.id}", {"schedule_id": None})
    for name in ("Usual week", "E" * 61, " "):
        wrong = client.patch(path, {"name": name})
        assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["name"]), name
    assert client.patch(path, {"name": "Nights"}).get_json()["name"] == "Nights"
    assert client.delete(path).status_code == 204
    assert client.get(f"{path}/hours").status_code == 404


def test_dates_are_replaced_as_a_whole(api: ApiOf, ada: Coach) -> None:
    client = api(ada.user)
    path = f"/coach/schedules/{ada.id}/date-overrides"
    dates = [
        {"date": "2027-03-04", "kind": "closed", "start": None, "end": None},
        {"date": "2027-03-05", "kind": "hours", "start": "10:00", "end": "12:00"},
    ]
    assert client.put(path, {"overrides": dates}).get_json() == {"overrides": dates}
    assert client.get(path).get_json() == {"overrides": dates, "next_cursor": None}
    assert client.put(path, {"overrides": []}).get_json() == {"overrides": []}
    wrong = client.put(
        path, {"overrides": [*dates, {"date": "2027-03-05", "kind": "hours", "start": "11:00", "end": "13:00"}]}
    )
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["overrides.2.start"])


def test_a_single_date_is_added_and_let_go_again(api: ApiOf, ada: Coach) -> None:
    client = api(ada.user)
    path = f"/coach/schedules/{ada.id}/date-overrides"
    kept = {"date": "2027-03-03", "kind": "closed", "start": None, "end": None}
    client.put(path, {"overrides": [kept]})
    evenings = [
        {"date": "2027-03-05", "kind": "extra", "start": at, "end": to}
        for at, to in (("18:00", "20:00"), ("21:00", "24:00"))
    ]
    for one in evenings:
        added = client.post(path, one)
        assert (added.status_code, added.get_json()) == (201, one)
    assert client.get(path).get_json()["overrides"] == [kept, *evenings]
    assert client.delete(f"{path}/2027-03-05").status_code == 204
    assert client.get(path).get_json()["overrides"] == [kept]
    for nothing in ("2027-03-05", "2027-13-05", "tomorrow"):
        assert client.delete(f"{path}/{nothing}").status_code == 404


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"date": "2027-03-05", "kind": "hours", "start": "10:00", "end": "25:00"}, "end"),
        ({"date": "2027-03-05", "kind": "hours", "end": "12:00"}, "start"),
        ({"date": "2027-03-03", "kind": "hours", "start": "10:00", "end": "12:00"}, "kind"),
        ({"date": "2020-01-01", "kind": "closed"}, "date"),
        ({"date": "soon", "kind": "closed"}, "date"),
        ({"date": "2027-03-05", "kind": "festive"}, "kind"),
    ],
)
def test_what_is_wrong_with_a_single_date_is_named(api: ApiOf, ada: Coach, given: dict[str, Any], field: str) -> None:
    client = api(ada.user)
    path = f"/coach/schedules/{ada.id}/date-overrides"
    kept = [{"date": "2027-03-03", "kind": "closed", "start": None, "end": None}]
    client.put(path, {"overrides": kept})
    wrong = client.post(path, given)
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, [field])
    assert client.get(path).get_json()["overrides"] == kept


def test_dates_are_read_page_by_page_and_by_default_all_that_are_to_come(
    api: ApiOf, ada: Coach, moment: Moment
) -> None:
    client = api(ada.user)
    path = f"/coach/schedules/{ada.id}/date-overrides"
    evenings = [{"date": "2027-03-02", "kind": "extra", "start": f"{at}:00", "end": f"{at}:30"} for at in (20, 18, 19)]
    dates = [{"date": f"2027-03-{day:02}", "kind": "closed", "start": None, "end": None} for day in range(3, 32)]
    client.put(path, {"overrides": [*dates, *evenings]})
    in_order = [*sorted(evenings, key=lambda one: one["start"]), *dates]
    assert client.get(path).get_json() == {"overrides": in_order, "next_cursor": None}

    def read(query: str) -> list[dict[str, Any]]:
        found, cursor = [], ""
        while True:
            page = client.get(f"{path}?limit=2{query}{cursor}").get_json()
            found += page["overrides"]
            if page["next_cursor"] is None:
                return found
            cursor = f"&after={page['next_cursor']}"

    assert read("") == in_order
    moment.advance(days=10)
    assert read("") == in_order[11:]
    assert read("&past=true") == in_order[10::-1]
    for wrong, field in (("limit=0", "limit"), ("limit=367", "limit"), ("past=x", "past"), ("after=x", "after")):
        answer = client.get(f"{path}?{wrong}")
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field]), wrong


def test_days_off_holidays_and_limits(api: ApiOf, ada: Coach) -> None:
    client = api(ada.user)
    away = client.post("/coach/time-off", {"starts_on": "2027-03-04", "ends_on": "2027-03-06", "note": "Away"})
    assert away.status_code == 201
    assert [one["note"] for one in client.get("/coach/time-off").get_json()["items"]] == ["Away"]
    assert client.delete(f"/coach/time-off/{away.get_json()['id']}").status_code == 204
    assert client.get("/coach/time-off").get_json() == {"items": [], "next_cursor": None}
    kept = {"country": "DE", "region": "BE"}
    assert client.put("/coach/holidays", kept).get_json() == client.get("/coach/holidays").get_json() == kept
    limits = {"max_per_day": 3, "max_per_week": None, "max_minutes_per_week": 600, "longest_streak_minutes": None}
    assert client.put("/coach/limits", limits).get_json() == client.get("/coach/limits").get_json() == limits
    assert hours_queries.availability_of(ada.id).max_per_day == 3


def test_an_away_message_is_set_read_and_removed(api: ApiOf, ada: Coach) -> None:
    client = api(ada.user)
    assert client.get("/coach/away-message").get_json() == {"message": None, "until": None}
    said = {"message": "Back in April.", "until": "2027-04-01"}
    assert client.put("/coach/away-message", said).get_json() == client.get("/coach/away-message").get_json() == said
    for wrong, field in (
        ({"message": " ", "until": None}, "message"),
        ({"message": "Back in April."}, "until"),
        ({"message": "Back in April.", "until": "2027-02-28"}, "until"),
    ):
        refused = client.put("/coach/away-message", wrong)
        assert (refused.status_code, list(refused.get_json()["errors"])) == (422, [field])
    assert [client.delete("/coach/away-message").status_code for _ in range(2)] == [204, 204]
    assert client.get("/coach/away-message").get_json() == {"message": None, "until": None}


def test_days_off_are_read_page_by_page(api: ApiOf, ada: Coach, moment: Moment) -> None:
    client = api(ada.user)
    days = [f"2027-03-{day:02}" for day in (9, 3, 12, 5, 5)]
    for day in days:
        client.post("/coach/time-off", {"starts_on": day, "ends_on": day, "note": ""})

    def read(query: str) -> list[str]:
        found, cursor = [], ""
        while True:
            page = client.get(f"/coach/time-off?limit=2{query}{cursor}").get_json()
            found += [one["starts_on"] for one in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = f"&after={page['next_cursor']}"

    assert read("") == sorted(days)
    moment.advance(days=5)
    assert read("") == ["2027-03-09", "2027-03-12"]
    assert read("&past=true") == ["2027-03-05", "2027-03-05", "2027-03-03"]
    for wrong, field in (("limit=0", "limit"), ("limit=101", "limit"), ("after=x", "after")):
        answer = client.get(f"/coach/time-off?{wrong}")
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field]), wrong


WRONG: list[tuple[str, str, dict[str, Any], str]] = [
    ("post", "/coach/schedules", {}, "name"),
    ("post", "/coach/time-off", {"starts_on": "soon", "ends_on": "2027-03-04"}, "starts_on"),
    ("post", "/coach/time-off", {"starts_on": "2027-03-05", "ends_on": "2027-03-04"}, "ends_on"),
    ("put", "/coach/holidays", {"country": "XX", "region": None}, "country"),
    ("put", "/coach/limits", NO_LIMITS | {"max_per_day": 0}, "max_per_day"),
    ("put", "/coach/limits", NO_LIMITS | {"max_per_day": "many"}, "max_per_day"),
]


@pytest.mark.parametrize(("method", "path", "body", "field"), WRONG)
def test_what_is_wrong_is_named(
    api: ApiOf, ada: Coach, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    answer = getattr(api(ada.user), method)(path, body)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


@pytest.mark.parametrize("what", ["hours", "date-overrides"])
def test_another_coachs_schedule_does_not_exist(api: ApiOf, ada: Coach, what: str) -> None:
    stranger = api(a_coach("bea").user)
    body = {"hours": {"hours": []}, "date-overrides": {"overrides": []}}
    assert stranger.get(f"/coach/schedules/{ada.id}/{what}").status_code == 404
    assert stranger.put(f"/coach/schedules/{ada.id}/{what}", body[what]).status_code == 404
    assert (
        stranger.post(f"/coach/schedules/{ada.id}/date-overrides", {"date": "2027-03-05", "kind": "closed"}).status_code
        == 404
    )
    assert stranger.delete(f"/coach/schedules/{ada.id}/date-overrides/2027-03-05").status_code == 404
    assert api(a_person("Mia")).get("/coach/schedules").status_code == 404
