"""Policies through the API: for everybody to read, for admins to make, for holds to name."""

from datetime import UTC, datetime

import pytest

from marketplace.policies import queries
from tests.factories import BRIEF, a_person, an_admin

TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
SAID = {
    "tiers": [{"hours": 48, "percent": 100}, {"hours": 24, "percent": 25}],
    "grace_minutes": 30,
    "reschedules": 2,
    "reschedule_hours": 12,
}


@pytest.fixture
def admins(api):
    return api(an_admin())


@pytest.fixture
def strict(admins):
    made = admins.post("/admin/policies", SAID | {"name": "Strict"})
    assert made.status_code == 201, made.json
    return made.json


def test_from_making_one_to_a_session_sold_under_it(ada, strict, offering, api, anonymous_api):
    assert (strict["version"], strict["tiers"], strict["is_house"]) == (1, SAID["tiers"], False)
    assert [item["name"] for item in anonymous_api.get("/policies").json["items"]] == ["Standard", "Strict"]
    own = api(ada.user)
    changed = own.patch(f"/coach/offerings/{offering.id}", {"policy_id": strict["id"]})
    assert changed.json["policy_id"] == strict["id"]
    shown = anonymous_api.get(f"/offerings/{offering.id}/policy").json
    assert shown["version_id"] == strict["version_id"]
    wanted = {"offering_id": str(offering.id), "starts_at": TEN.isoformat(), "brief": BRIEF}
    held = api(a_person()).post("/bookings", wanted | {"policy_version": shown["version_id"]})
    assert held.status_code == 201, held.json
    assert held.json["policy_name"] == "Strict, version 1"
    assert held.json["policy"] == shown["sentences"]


def test_a_hold_under_other_terms_than_were_shown_is_refused_with_the_new_ones(offering, admins, api):
    house = queries.current(None)
    anew = admins.post(f"/admin/policies/{house.policy_id}/versions", SAID | {"after_version": 1})
    assert anew.status_code == 201, anew.json
    wanted = {"offering_id": str(offering.id), "starts_at": TEN.isoformat(), "brief": BRIEF}
    mine = api(a_person())
    refused = mine.post("/bookings", wanted | {"policy_version": str(house.id)})
    assert refused.status_code == 409
    assert refused.json["policy_version"] == anew.json["version_id"]
    assert refused.json["sentences"] == anew.json["sentences"]
    series = wanted | {"every_weeks": 1, "count": 2}
    assert mine.post("/series", series | {"policy_version": str(house.id)}).status_code == 409
    assert mine.post("/series", series | {"policy_version": anew.json["version_id"]}).status_code == 201
    assert mine.post("/bookings", wanted | {"policy_version": "the last"}).json["errors"] == {
        "policy_version": ["Name the version of the policy by its id."]
    }


def test_versions_and_retiring(strict, admins):
    address = f"/admin/policies/{strict['id']}"
    assert admins.post(f"{address}/versions", SAID | {"after_version": 1}).status_code == 409
    second = admins.post(f"{address}/versions", SAID | {"after_version": 1, "grace_minutes": 0}, Idempotency_Key="one")
    again = admins.post(f"{address}/versions", SAID | {"after_version": 1, "grace_minutes": 0}, Idempotency_Key="one")
    assert (second.status_code, again.json) == (201, second.json)
    assert [item["version"] for item in admins.get(f"{address}/versions").json["items"]] == [2, 1]
    retired = admins.post(f"{address}/retire")
    assert retired.json["retired_at"] is not None
    assert [item["name"] for item in admins.get("/admin/policies").json["items"]] == ["Standard", "Strict"]
    assert admins.post(f"/admin/policies/{queries.current(None).policy_id}/retire").status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tiers": "all"}, "tiers"),
        ({"tiers": [{"hours": 24}]}, "tiers"),
        ({"tiers": [{"hours": 24, "percent": 50}]}, "tiers"),
        ({"grace_minutes": "soon"}, "grace_minutes"),
        ({"name": "Standard"}, "name"),
    ],
)
def test_what_is_wrong_is_named(admins, changes, field):
    refused = admins.post("/admin/policies", SAID | {"name": "Strict"} | changes)
    assert refused.status_code == 422
    assert [name.split(".")[0] for name in refused.json["errors"]] == [field]


def test_it_is_for_admins(offering, api):
    own = api(offering.coach.user)
    house = queries.current(None).policy_id
    for method, path in (
        ("GET", "/admin/policies"),
        ("POST", "/admin/policies"),
        ("GET", f"/admin/policies/{house}/versions"),
        ("POST", f"/admin/policies/{house}/versions"),
        ("POST", f"/admin/policies/{house}/retire"),
    ):
        assert own.call(method, path, SAID | {"name": "Own", "after_version": 1}).status_code in {403, 404}
