"""Coupons through the API: a coach's own, and a mentee's before she pays."""

from datetime import UTC, datetime

import pytest

from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.payments.queries import of_subject
from tests.factories import BRIEF, a_coach, a_person

TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def hers(api, ada):
    return api(ada.user)


@pytest.fixture
def mine(api):
    return api(a_person())


@pytest.fixture
def spring(hers):
    made = hers.post("/coach/coupons", {"code": "spring", "percent": 20, "uses_at_most": 5}, Idempotency_Key="one")
    assert made.status_code == 201, made.json
    return made.json


@pytest.fixture
def held(mine, offering):
    return mine.post("/bookings", {"offering_id": str(offering.id), "starts_at": TEN.isoformat(), "brief": BRIEF}).json


def usd(amount):
    return {"amount": amount, "currency": "usd"}


def test_from_a_coupon_to_the_price_that_is_paid(spring, hers, mine, held, stripe):
    assert (spring["code"], spring["state"], spring["uses"], spring["amount"]) == ("SPRING", "open", 0, None)
    answer = mine.post(f"/bookings/{held['id']}/coupon", {"code": " Spring "}, Idempotency_Key="two")
    assert answer.status_code == 200, answer.json
    assert (answer.json["price"], answer.json["discount"], answer.json["coupon"]) == (usd(9600), usd(2400), "SPRING")
    again = mine.post(f"/bookings/{held['id']}/coupon", {"code": " Spring "}, Idempotency_Key="two")
    assert again.json == answer.json
    assert hers.get(f"/coach/coupons/{spring['id']}").json["uses"] == 1
    assert mine.post(f"/bookings/{held['id']}/pay").status_code == 200
    assert of_subject(held["id"]).amount_cents == 9600
    late = mine.call("DELETE", f"/bookings/{held['id']}/coupon")
    assert (late.status_code, late.json["title"]) == (409, "Conflict")


def test_dropping_it_makes_the_price_whole(spring, mine, held):
    mine.post(f"/bookings/{held['id']}/coupon", {"code": "spring"})
    dropped = mine.call("DELETE", f"/bookings/{held['id']}/coupon").json
    assert (dropped["price"], dropped["discount"], dropped["coupon"]) == (usd(12000), usd(0), None)


def test_a_series_is_reduced_as_a_whole(hers, mine, offering):
    hers.post("/coach/coupons", {"code": "series", "amount": usd(2000), "uses_each_at_most": None})
    wanted = {"offering_id": str(offering.id), "starts_at": TEN.isoformat(), "brief": BRIEF, "count": 3}
    held = mine.post("/series", wanted).json
    assert held["price"] == usd(36000)
    assert mine.post(f"/bookings/{held['sessions'][2]['id']}/coupon", {"code": "series"}).status_code == 200
    assert mine.get(f"/series/{held['id']}").json["price"] == usd(30000)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "SPRING"}, "code"),
        ({"percent": 95}, "percent"),
        ({"percent": "much"}, "percent"),
        ({"percent": None}, "percent"),
        ({"amount": usd(100)}, "percent"),
        ({"percent": None, "amount": {"amount": 100, "currency": "eur"}}, "amount"),
        ({"percent": None, "amount": {"amount": 100}}, "amount.currency"),
        ({"uses_at_most": 0}, "uses_at_most"),
        ({"valid_until": "tomorrow"}, "valid_until"),
        ({"valid_until": "2027-01-01T00:00:00Z"}, "valid_until"),
        ({"offering_ids": ["mine"]}, "offering_ids.0"),
        ({"offering_ids": ["019547d2-0000-7000-8000-000000000000"]}, "offering_ids"),
    ],
)
def test_what_is_wrong_is_named(hers, spring, changes, field):
    refused = hers.post("/coach/coupons", {"code": "WINTER", "percent": 20} | changes)
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == [field]


def test_codes_that_do_not_work_are_refused_and_after_twenty_nothing_is_looked_up(spring, mine, held):
    path = f"/bookings/{held['id']}/coupon"
    assert mine.post(path, {"code": ""}).status_code == 422
    statuses = [mine.post(path, {"code": f"guess-{number}"}).status_code for number in range(21)]
    assert statuses == [422] * 20 + [429]
    assert mine.post(path, {"code": "spring"}).status_code == 429


def test_coupons_are_read_page_by_page_and_by_their_coach_alone(hers, spring, mine, api, held):
    for number in range(2):
        hers.post("/coach/coupons", {"code": f"MORE-{number}", "percent": 10})
    first = hers.get("/coach/coupons?limit=2").json
    rest = hers.get(f"/coach/coupons?limit=2&after={first['next_cursor']}").json
    assert [item["code"] for item in first["items"] + rest["items"]] == ["MORE-1", "MORE-0", "SPRING"]
    assert rest["next_cursor"] is None
    assert hers.get("/coach/coupons?after=the-last").status_code == 422
    assert mine.get("/coach/coupons").status_code == 404
    other = api(a_coach("ben").user)
    assert other.get("/coach/coupons").json == {"items": [], "next_cursor": None}
    assert other.get(f"/coach/coupons/{spring['id']}").status_code == 404
    assert other.post(f"/coach/coupons/{spring['id']}/end").status_code == 404
    assert other.post(f"/bookings/{held['id']}/coupon", {"code": "spring"}).status_code == 404


def test_an_ended_one_takes_nothing_off(hers, spring, mine, held):
    ended = hers.post(f"/coach/coupons/{spring['id']}/end").json
    assert (ended["state"], ended["ended_at"] is not None) == ("ended", True)
    refused = mine.post(f"/bookings/{held['id']}/coupon", {"code": "spring"})
    assert refused.json["errors"]["code"][0].startswith("This code does not work here.")


def test_a_hold_that_lapsed_takes_none(spring, mine, held, moment):
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    assert mine.post(f"/bookings/{held['id']}/coupon", {"code": "spring"}).status_code == 409
