"""Coaches, rates, hours and free times through the API."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from marketplace.coaches import queries
from marketplace.coaches.models import Coach
from tests.doors import ApiClient
from tests.factories import a_coach, a_person, an_admin, an_offering, open_all_week

ApiOf = Callable[..., ApiClient]

PROFILE = {
    "handle": "mia",
    "headline": "Leads platform teams",
    "about": "Since **2009**.",
    "topics": ["leadership"],
    "languages": ["English"],
    "kinds": ["mentor"],
    "timezone": "Europe/Berlin",
    "currency": "usd",
}
LINE = {"title": "One hour", "kind": "mentor", "minutes": 60, "price": {"amount": 12000, "currency": "usd"}}
HOURS = [{"weekday": 0, "start": "09:00", "end": "12:00"}, {"weekday": 6, "start": "22:00", "end": "24:00"}]


def errors_of(answer: Any, status: int = 422) -> list[str]:
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    return sorted(answer.json["errors"])


def test_the_directory_needs_no_token_and_goes_on_by_cursor(anonymous_api: ApiClient) -> None:
    for handle in ("ada", "bea", "cleo"):
        an_offering(a_coach(handle))
    a_coach("waiting", status="applied")
    first = anonymous_api.get("/coaches?limit=2").json
    assert [item["handle"] for item in first["items"]] == ["cleo", "bea"]
    assert first["items"][0]["price_from"] == {"amount": 12000, "currency": "usd"}
    second = anonymous_api.get(f"/coaches?limit=2&after={first['next_cursor']}").json
    assert [item["handle"] for item in second["items"]] == ["ada"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "handles"),
    [
        ("kind=tutor", ["bea"]),
        ("language=French", ["bea"]),
        ("topic=CHESS", ["bea"]),
        ("text=leadership", ["ada"]),
        ("currency=usd&max_price=9000", ["ada"]),
        ("currency=usd&max_price=8999", []),
    ],
)
def test_the_directory_is_filtered(anonymous_api: ApiClient, query: str, handles: list[str]) -> None:
    an_offering(a_coach("ada"), price_cents=9000)
    bea = a_coach("bea", kinds=["tutor"], topics=["chess"], languages=["fr"], headline="Plays", about="Chess.")
    an_offering(bea, kind="tutor")
    assert [item["handle"] for item in anonymous_api.get(f"/coaches?{query}").json["items"]] == handles


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=wizard", "kind"),
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("after=nonsense", "after"),
        ("max_price=100", "currency"),
        ("max_price=-1&currency=usd", "max_price"),
        ("currency=xyz", "currency"),
        ("text=" + "ab" * 51, "text"),
        ("text=a+b+c+d+e+f+g", "text"),
        ("topic=" + "x" * 41, "topic"),
        ("language=" + "x" * 41, "language"),
        ("after=" + "x" * 401, "after"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(anonymous_api: ApiClient, query: str, field: str) -> None:
    assert errors_of(anonymous_api.get(f"/coaches?{query}")) == [field]


def test_a_rate_card_needs_no_token(anonymous_api: ApiClient) -> None:
    ada = a_coach()
    offering = an_offering(ada)
    an_offering(ada, title="Old", active=False)
    card = anonymous_api.get("/coaches/ada").json
    assert card["coach"]["name"] == "Ada"
    assert "<strong>platform</strong>" in card["coach"]["about_html"]
    assert "licence" not in card["coach"]
    assert [(line["id"], line["price"]) for line in card["offerings"]] == [
        (str(offering.id), {"amount": 12000, "currency": "usd"})
    ]


@pytest.mark.parametrize("status", ["applied", "rejected", "suspended"])
def test_nobody_sees_a_coach_who_is_not_approved(api: ApiOf, anonymous_api: ApiClient, status: str) -> None:
    offering = an_offering(a_coach(status=status))
    for who in (anonymous_api, api(a_person())):
        assert who.get("/coaches/ada").status_code == 404
        assert who.get(f"/offerings/{offering.id}/slots").status_code == 404
    assert anonymous_api.get("/coaches").json["items"] == []


def test_free_times_need_no_token_and_are_told_in_the_zone_asked_for(anonymous_api: ApiClient) -> None:
    offering = an_offering(open_all_week(a_coach()))
    day = "start=2027-03-02T00:00:00Z&end=2027-03-03T00:00:00%2B00:00"
    answer = anonymous_api.get(f"/offerings/{offering.id}/slots?{day}&zone=Asia/Kathmandu").json
    assert (answer["zone"], answer["minutes"]) == ("Asia/Kathmandu", 60)
    assert answer["starts_at"][0] == "2027-03-02T13:45:00+05:45"
    assert len(answer["starts_at"]) == 29


def test_two_weeks_from_now_are_shown_unless_said(anonymous_api: ApiClient) -> None:
    offering = an_offering(open_all_week(a_coach()))
    times = anonymous_api.get(f"/offerings/{offering.id}/slots").json["starts_at"]
    assert (times[0], times[-1]) == ("2027-03-02T08:00:00+00:00", "2027-03-15T08:45:00+00:00")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start=2027-03-02", "start"),
        ("start=2027-03-02T00:00:00", "start"),
        ("start=2027-03-02T00:00:00Z&end=2027-03-01T00:00:00Z", "end"),
        ("start=2027-03-02T00:00:00Z&end=2028-03-01T00:00:00Z", "end"),
        ("zone=Mars/Base", "zone"),
        ("start=9999-12-31T00:00:00Z", "start"),
        ("end=0001-01-01T00:00:00%2B14:00", "end"),
    ],
)
def test_a_window_that_makes_no_sense_is_named(anonymous_api: ApiClient, query: str, field: str) -> None:
    offering = an_offering(a_coach())
    assert errors_of(anonymous_api.get(f"/offerings/{offering.id}/slots?{query}")) == [field]


def test_from_an_application_to_a_rate_card(api: ApiOf, anonymous_api: ApiClient) -> None:
    mia, alma = api(a_person("Mia")), api(an_admin())
    applied = mia.post("/coaches", PROFILE)
    assert applied.status_code == 201
    assert (applied.json["status"], applied.json["languages"]) == ("applied", ["en"])
    waiting = alma.get("/admin/coaches?status=applied").json["items"]
    assert [coach["handle"] for coach in waiting] == ["mia"]
    approved = alma.post(f"/admin/coaches/{waiting[0]['id']}/approve")
    assert approved.json["status"] == "approved"
    assert mia.put("/coach/hours", {"hours": HOURS}).json == {"hours": HOURS, "timezone": "Europe/Berlin"}
    published = mia.post("/coach/offerings", LINE)
    assert published.status_code == 201
    times = anonymous_api.get(f"/offerings/{published.json['id']}/slots?zone=Europe/Berlin").json["starts_at"]
    assert times[0] == "2027-03-07T22:00:00+01:00"
    assert anonymous_api.get("/coaches/mia").json["offerings"][0]["price"] == LINE["price"]


def test_an_application_sent_twice_with_one_key_happens_once(api: ApiOf) -> None:
    mia = api(a_person("Mia"))
    first = mia.post("/coaches", PROFILE, Idempotency_Key="once-only-please")
    again = mia.post("/coaches", PROFILE, Idempotency_Key="once-only-please")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert mia.post("/coaches", PROFILE).status_code == 409


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"handle": "admin"}, ["handle"]),
        ({"timezone": "CET+1", "currency": "xyz"}, ["currency", "timezone"]),
        ({"kinds": ["therapist"]}, ["licence"]),
        ({"topics": [1]}, ["topics.0"]),
        ({"topics": None}, ["topics"]),
        ({"headline": 5}, ["headline"]),
        ({"status": "approved"}, ["status"]),
    ],
)
def test_an_application_that_is_wrong_names_its_fields(api: ApiOf, changes: dict[str, Any], fields: list[str]) -> None:
    assert errors_of(api(a_person()).post("/coaches", PROFILE | changes)) == fields


def test_an_application_names_everything_that_is_missing(api: ApiOf) -> None:
    assert errors_of(api(a_person()).post("/coaches", {})) == sorted(PROFILE)


def test_a_handle_that_is_taken_is_refused_by_field(api: ApiOf) -> None:
    a_coach("mia")
    assert errors_of(api(a_person()).post("/coaches", PROFILE)) == ["handle"]


def test_a_profile_is_changed_in_part(api: ApiOf) -> None:
    ada = api(a_coach().user)
    assert ada.patch("/coach", {"headline": "New words"}).json["headline"] == "New words"
    assert ada.get("/coach").json["topics"] == ["leadership", "python"]
    assert errors_of(ada.patch("/coach", {"handle": "ada-two"})) == ["handle"]


def test_offerings_are_published_changed_and_retired(api: ApiOf) -> None:
    ada = api(a_coach().user)
    line = ada.post("/coach/offerings", LINE | {"by_approval": True}).json
    changed = ada.patch(f"/coach/offerings/{line['id']}", {"price": {"amount": 9000, "currency": "usd"}})
    assert changed.json["price"]["amount"] == 9000
    assert (changed.json["by_approval"], changed.json["title"]) == (True, "One hour")
    assert ada.delete(f"/coach/offerings/{line['id']}").status_code == 204
    assert [offering["active"] for offering in ada.get("/coach/offerings").json] == [False]
    assert ada.patch(f"/coach/offerings/{line['id']}", {"title": "New"}).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": {"amount": 2999, "currency": "usd"}}, "price"),
        ({"price": {"amount": 12000, "currency": "eur"}}, "price"),
        ({"price": {"amount": 120.5, "currency": "usd"}}, "price.amount"),
        ({"price": {"amount": -1, "currency": "usd"}}, "price.amount"),
        ({"price": {"amount": 12000}}, "price.currency"),
        ({"price": "120"}, "price"),
        ({"minutes": "an hour"}, "minutes"),
        ({"minutes": 5}, "minutes"),
        ({"kind": "therapist"}, "kind"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_offering_that_is_wrong_names_its_field(api: ApiOf, changes: dict[str, Any], field: str) -> None:
    assert errors_of(api(a_coach().user).post("/coach/offerings", LINE | changes)) == [field]


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ([{"weekday": 7, "start": "09:00", "end": "10:00"}], "hours.0.weekday"),
        ([{"weekday": 0, "start": "9am", "end": "10:00"}], "hours.0.start"),
        ([{"weekday": 0, "start": "10:00", "end": "10:00"}], "hours.0.end"),
        ([{"weekday": 0, "end": "10:00"}], "hours.0.start"),
        ([*HOURS, {"weekday": 0, "start": "11:00", "end": "13:00"}], "hours.2.start"),
        ("always", "hours"),
    ],
)
def test_hours_that_are_wrong_name_their_place(api: ApiOf, hours: Any, field: str) -> None:
    assert errors_of(api(a_coach().user).put("/coach/hours", {"hours": hours})) == [field]


OWN = [
    ("GET", "/coach", None),
    ("PATCH", "/coach", {"headline": "Mine"}),
    ("GET", "/coach/offerings", None),
    ("POST", "/coach/offerings", LINE),
    ("PATCH", "/coach/offerings/{offering}", {"title": "Mine"}),
    ("DELETE", "/coach/offerings/{offering}", None),
    ("GET", "/coach/hours", None),
    ("PUT", "/coach/hours", {"hours": HOURS}),
]
ADMINS = [
    ("GET", "/admin/coaches", None),
    ("GET", "/admin/coaches/{coach}", None),
    ("POST", "/admin/coaches/{coach}/approve", {}),
    ("POST", "/admin/coaches/{coach}/reject", {"reason": "No."}),
    ("POST", "/admin/coaches/{coach}/suspend", {"reason": "No."}),
]


@pytest.mark.parametrize(("method", "path", "body"), [*OWN, *ADMINS, ("POST", "/coaches", PROFILE)])
def test_nobody_is_answered_401(anonymous_api: ApiClient, method: str, path: str, body: Any) -> None:
    ada = a_coach()
    place = path.format(offering=an_offering(ada).id, coach=ada.id)
    assert anonymous_api.call(method, place, body).status_code == 401


@pytest.mark.parametrize(("method", "path", "body"), [*OWN, *ADMINS])
def test_to_a_mentee_there_is_nothing(api: ApiOf, method: str, path: str, body: Any) -> None:
    ada = a_coach()
    place = path.format(offering=an_offering(ada).id, coach=ada.id)
    assert api(a_person()).call(method, place, body).status_code == 404
    assert ada.status == "approved"


@pytest.mark.parametrize(("method", "path", "body"), [row for row in [*OWN, *ADMINS] if "{" in row[1]])
def test_to_another_coach_there_is_nothing(api: ApiOf, method: str, path: str, body: Any) -> None:
    ada = a_coach()
    place = path.format(offering=an_offering(ada).id, coach=ada.id)
    assert api(a_coach("bea").user).call(method, place, body).status_code == 404
    assert queries.offerings_of(ada.id)[0].title == "One hour of mentoring"


@pytest.mark.parametrize(("method", "path", "body"), [row for row in OWN if row[0] != "GET"])
def test_a_token_that_only_reads_changes_nothing(api: ApiOf, method: str, path: str, body: Any) -> None:
    ada = a_coach()
    place = path.format(offering=an_offering(ada).id)
    assert api(ada.user, scopes=("read",)).call(method, place, body).status_code == 403


def test_decisions_are_made_once_and_say_why(api: ApiOf) -> None:
    coach: Coach = a_coach(status="applied")
    alma = api(an_admin())
    place = f"/admin/coaches/{coach.id}"
    assert errors_of(alma.post(f"{place}/reject", {})) == ["reason"]
    assert errors_of(alma.post(f"{place}/reject", {"reason": "  "})) == ["reason"]
    assert alma.post(f"{place}/reject", {"reason": "Say more."}).json["decision_reason"] == "Say more."
    assert alma.post(f"{place}/reject", {"reason": "Say more."}).status_code == 409
    assert alma.post(f"{place}/approve").json["status"] == "approved"
    assert alma.post(f"{place}/suspend", {"reason": "Complaints."}).json["status"] == "suspended"
    assert alma.get(place).json["decision_reason"] == "Complaints."
    assert errors_of(alma.get("/admin/coaches?status=gone")) == ["status"]
    assert alma.post("/admin/coaches/00000000-0000-7000-8000-000000000000/approve").status_code == 404


def test_whoever_has_time_when_it_suits_is_found_soonest_first(anonymous_api: ApiClient) -> None:
    an_offering(open_all_week(a_coach("ada", timezone="UTC"), "18:00", "20:00"))
    bea = an_offering(open_all_week(a_coach("bea", timezone="UTC"), "17:00", "20:00"), price_cents=9000)
    asked = {"start": "17:00", "end": "20:00", "first": "2027-03-03", "last": "2027-03-09", "zone": "UTC", "limit": 1}
    first = anonymous_api.get(f"/search?{urlencode(asked)}").get_json()
    assert [(one["handle"], one["starts_at"]) for one in first["items"]] == [("bea", "2027-03-03T17:00:00+00:00")]
    assert first["items"][0]["offering_id"] == str(bea.id)
    assert first["items"][0]["price"] == {"amount": 9000, "currency": "usd"}
    second = anonymous_api.get(f"/search?{urlencode({**asked, 'after': first['next_cursor']})}").get_json()
    assert [one["handle"] for one in second["items"]] == ["ada"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"max_price": 100}, "currency"),
        ({"first": "soon"}, "first"),
        ({"end": "25:00"}, "end"),
        ({"weekdays": "0,7"}, "weekdays"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"after": "nonsense"}, "after"),
        ({"limit": 0}, "limit"),
        ({"text": " ".join("ab" for _ in range(1000))}, "text"),
        ({"text": "a b c d e f g"}, "text"),
        ({"topic": "x" * 41}, "topic"),
        ({"first": "9999-12-31"}, "first"),
        ({"last": "0001-01-01"}, "last"),
        ({"weekdays": ",".join("0" for _ in range(100))}, "weekdays"),
    ],
)
def test_a_search_that_makes_no_sense_names_the_field(
    anonymous_api: ApiClient, asked: dict[str, Any], field: str
) -> None:
    answer = anonymous_api.get(f"/search?{urlencode(asked)}")
    assert answer.status_code == 422
    assert [name.partition(".")[0] for name in answer.get_json()["errors"]] == [field]
