import json
from datetime import datetime, timedelta

import pytest
from flask import current_app

from marketplace.accounts import queries, service
from marketplace.accounts.tokens import service as token_service
from marketplace.audit import service as audit
from marketplace.db import session
from tests.doors import ApiClient
from tests.factories import a_booking, a_person, an_admin
from tests.scenes import TEN


def problem(answer) -> dict:
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    return answer.json


def test_me_is_who_asks(api):
    person = a_person()
    answer = api(person).get("/me")
    assert answer.status_code == 200
    assert answer.json["email"] == person.email
    assert answer.json["roles"] == []
    assert datetime.fromisoformat(answer.json["created_at"]).tzinfo is not None


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/me"), ("PATCH", "/me"), ("GET", "/me/tokens"), ("POST", "/me/tokens")]
)
def test_nobody_is_asked_for_a_token(anonymous_api, method, path):
    answer = anonymous_api.call(method, path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "access token" in problem(answer)["detail"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer fh_wrong", "Basic Zm9vOmJhcg==", "fh_wrong"])
def test_a_header_that_is_no_token_is_nobody(anonymous_api, header):
    assert anonymous_api.get("/me", Authorization=header).status_code == 401


def test_a_browser_that_has_signed_in_is_nobody_to_the_api(client):
    client.sign_in(a_person())
    assert client.get("/api/v1/me").status_code == 401


def test_a_token_without_the_scope_is_told_which_one_it_lacks(api):
    answer = api(a_person(), scopes=("read",)).patch("/me", {"name": "Maria"})
    assert answer.status_code == 403
    assert "'write'" in problem(answer)["detail"]


def test_a_revoked_token_is_nobody_at_once(api):
    person = a_person()
    own = api(person)
    assert own.get("/me").status_code == 200
    token_service.revoke_token(person, token_id=queries.tokens_of(person)[0].id)
    assert own.get("/me").status_code == 401


def test_use_of_a_token_is_noted(api, moment):
    person = a_person()
    api(person).get("/me")
    assert queries.tokens_of(person)[0].last_used_at == moment.now


def test_a_name_or_a_zone_is_changed_alone(api):
    person = a_person()
    answer = api(person).patch("/me", {"timezone": "Asia/Tokyo"})
    assert (answer.status_code, answer.json["timezone"], answer.json["name"]) == (200, "Asia/Tokyo", "Mia")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"timezone": "Mars/Olympus"}, {"timezone"}),
        ({"name": ""}, {"name"}),
        ({"name": 5, "timezone": None}, {"name", "timezone"}),
        ({"email": "new@example.com"}, {"email"}),
        ([], {"form"}),
    ],
)
def test_a_wrong_change_names_its_fields(api, body, fields):
    answer = api(a_person()).patch("/me", body)
    assert answer.status_code == 422
    assert set(problem(answer)["errors"]) == fields
    assert all(isinstance(words, str) for sentences in answer.json["errors"].values() for words in sentences)


def test_a_body_that_is_not_json_is_refused(api):
    own = api(a_person())
    answer = own._client.patch("/api/v1/me", data="{", headers=own._headers | {"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert problem(answer)["detail"] == "The body is not valid JSON."


def test_a_token_makes_a_token_that_works_and_is_shown_once(api, anonymous_api):
    own = api(a_person(), scopes=("read", "tokens"))
    made = own.post("/me/tokens", {"name": "ci", "scopes": ["read"], "lasts_days": 7})
    assert made.status_code == 201
    text = made.json["token"]
    assert anonymous_api.get("/me", Authorization=f"Bearer {text}").status_code == 200
    listed = own.get("/me/tokens")
    assert [token["name"] for token in listed.json] == ["ci", "test"]
    assert text not in json.dumps(listed.json)
    assert own.delete(f"/me/tokens/{made.json['id']}").status_code == 204
    assert anonymous_api.get("/me", Authorization=f"Bearer {text}").status_code == 401


def test_a_token_does_not_make_a_stronger_one(api):
    answer = api(a_person(), scopes=("tokens",)).post("/me/tokens", {"name": "ci", "scopes": ["money"]})
    assert answer.status_code == 403


def test_a_token_that_may_write_makes_no_token_at_all(api):
    answer = api(a_person(), scopes=("read", "write")).post("/me/tokens", {"name": "ci", "scopes": ["read"]})
    assert answer.status_code == 403
    assert "'tokens'" in problem(answer)["detail"]


def test_a_token_of_one_day_makes_none_that_outlives_it(api, moment):
    person = a_person()
    day = moment.now + timedelta(days=1)
    maker, text = token_service.create_token(person, name="day", scopes=["read", "tokens"], expires_at=day)
    made = ApiClient(current_app, text).post("/me/tokens", {"name": "ci", "scopes": ["read"], "lasts_days": 365})
    assert datetime.fromisoformat(made.json["expires_at"]) == day == maker.expires_at


@pytest.mark.parametrize("lasts_days", [None, 0, 366, "for ever", 10**9])
def test_no_token_lives_for_ever(api, lasts_days):
    own = api(a_person(), scopes=("read", "tokens"))
    answer = own.post("/me/tokens", {"name": "ci", "scopes": ["read"], "lasts_days": lasts_days})
    assert answer.status_code == 422
    assert set(problem(answer)["errors"]) == {"lasts_days"}


def test_a_token_that_ends_takes_with_it_what_it_made(api):
    person = a_person()
    first, text = token_service.create_token(person, name="first", scopes=["read", "tokens"])
    second = ApiClient(current_app, text).post("/me/tokens", {"name": "second", "scopes": ["read", "tokens"]})
    third = ApiClient(current_app, second.json["token"]).post("/me/tokens", {"name": "third", "scopes": ["read"]})
    token_service.revoke_token(person, token_id=first.id)
    for made in (second, third):
        assert ApiClient(current_app, made.json["token"]).get("/me").status_code == 401


def test_a_token_ends_itself_but_no_other(api):
    person = a_person()
    other, _ = token_service.create_token(person, name="other", scopes=["read"])
    own = api(person, scopes=("read", "write", "money", "payouts"))
    refused = own.delete(f"/me/tokens/{other.id}")
    assert refused.status_code == 403
    assert "'tokens'" in problem(refused)["detail"]
    (mine,) = [token for token in queries.tokens_of(person) if token.name == "test"]
    assert own.delete(f"/me/tokens/{mine.id}").status_code == 204
    assert own.get("/me").status_code == 401
    assert [token.name for token in queries.tokens_of(person)] == ["other"]


@pytest.mark.parametrize("scope", ["admin:read", "admin", "admin:critical"])
def test_nobody_makes_an_admins_token_before_being_an_admin(browser_of, scope):
    person = a_person()
    form = {"name": "later", "scopes": ["read", scope], "lasts_days": "365"}
    answer = browser_of(person).submit("/account/tokens", form)
    assert answer.status_code == 422
    assert queries.tokens_of(person) == []
    # One that came about in another way ends when its owner becomes an admin.
    token, text = token_service.create_token(person, name="old", scopes=["read"])
    token.scopes = ["read", scope]
    session().commit()
    service.grant_role(None, user_id=person.id, role="admin")
    assert ApiClient(current_app, text).get("/me").status_code == 401


def test_an_admins_token_reads_everybodys_only_with_the_scope_for_it(api, stripe, offering):
    booking = a_booking(a_person(), offering, TEN, stripe)
    alma = an_admin()
    plain = api(alma, scopes=("read", "write", "money", "payouts", "tokens"))
    assert plain.get(f"/bookings/{booking.id}").status_code == 404
    assert plain.get("/bookings").json["items"] == []
    assert plain.get("/admin/payables").status_code == 403
    seeing = api(alma, scopes=("read", "write", "money", "admin:read"))
    assert seeing.get(f"/bookings/{booking.id}").status_code == 200
    assert seeing.get("/admin/payables").status_code == 200
    body = {"expected_refund": {"amount": 12000, "currency": "usd"}}
    assert seeing.post(f"/bookings/{booking.id}/cancel", body).status_code == 404


def test_each_new_token_is_told_by_mail_also_where_the_account_was_before(api, mailbox, run_jobs):
    person = a_person(email="new@example.com")
    audit.record(person.id, "account.address_changed", person.id, old="old@example.com", new=person.email)
    token_service.create_token(person, name="my script", scopes=["read", "money"])
    run_jobs()
    for address in ("new@example.com", "old@example.com"):
        (mail,) = mailbox.to(address)
        assert mail["Subject"] == "A new access token was made"
        assert "“my script”" in mail.get_body(("plain",)).get_content()


def test_a_token_of_somebody_else_does_not_exist(api):
    theirs, _ = token_service.create_token(a_person("Noa"), name="ci", scopes=["read"])
    assert api(a_person()).delete(f"/me/tokens/{theirs.id}").status_code == 404


def test_somebody_switched_off_is_nobody(api):
    person = a_person()
    own = api(person)
    person.active = False
    session().commit()
    assert own.get("/me").status_code == 401


def test_an_admins_roles_are_shown(api):
    assert api(an_admin()).get("/me").json["roles"] == ["admin"]


def test_an_address_that_does_not_exist_is_a_problem_in_the_api_and_a_page_elsewhere(anonymous_api, client):
    assert problem(anonymous_api.get("/nothing"))["title"] == "Not Found"
    page = client.get("/nothing")
    assert page.status_code == 404
    assert "There is nothing here" in page.get_data(as_text=True)


def test_a_wrong_method_is_a_problem(anonymous_api):
    answer = anonymous_api.post("/me")
    assert problem(answer)["title"] == "Method Not Allowed"
    assert "PATCH" in answer.headers["Allow"]


def test_the_openapi_document_says_how_to_ask(anonymous_api):
    document = anonymous_api.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    operation = document["paths"]["/api/v1/me"]["patch"]
    assert operation["security"] == [{"bearer": ["write"]}]
    assert "application/problem+json" in document["components"]["responses"]["UNPROCESSABLE_ENTITY"]["content"]
    assert {"401", "403"} <= set(operation["responses"])


def test_reminders_are_chosen(api):
    own = api(a_person())
    assert own.get("/me").json["reminders"] == "both"
    assert own.put("/me/reminders", {"reminders": "hour"}).json["reminders"] == "hour"
    assert own.get("/me").json["reminders"] == "hour"
    assert problem(own.put("/me/reminders", {"reminders": "daily"}))["errors"] == {
        "reminders": ["Choose both, day, hour or none."]
    }


def test_a_calendars_address_is_told_once_and_revoked(api, client):
    own = api(a_person())
    made = own.post("/me/feeds", {"side": "mentee"})
    assert made.status_code == 201
    address = made.json["url"].removeprefix("http://localhost")
    assert client.get(address).status_code == 200
    same = {name: made.json[name] for name in ("id", "side", "created_at")}
    assert own.get("/me/feeds").json == [same]
    assert own.delete(f"/me/feeds/{same['id']}").status_code == 204
    assert own.delete(f"/me/feeds/{same['id']}").status_code == 204
    assert (own.get("/me/feeds").json, client.get(address).status_code) == ([], 404)
    assert own.post("/me/feeds", {"side": "coach"}).status_code == 403
    assert problem(own.post("/me/feeds", {}))["errors"] == {"side": ["Choose mentee or coach."]}
