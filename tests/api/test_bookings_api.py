"""Sessions through the API, for the two they belong to and for strangers."""

from datetime import UTC, datetime

import pytest

from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.payments import queries as payments
from marketplace.policies.queries import house_terms
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_payment, a_person, an_admin

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
NOBODYS = "019547d2-0000-7000-8000-000000000000"

PAID = {"status": "paid", "failure": None, "settling_since": None, "card_only": True, "tax_on_top": False, "tax": 0}


def wanted(offering, at=TEN, **changes):
    return {"offering_id": str(offering.id), "starts_at": at.isoformat(), "brief": BRIEF} | changes


def money(amount):
    return {"amount": amount, "currency": "usd"}


def errors_of(answer):
    assert answer.status_code == 422, answer.json
    assert answer.content_type == "application/problem+json"
    return answer.json["errors"]


# Holding


def test_what_is_no_object_is_refused_and_holds_nothing(mia, api):
    assert api(mia).post("/bookings", ["an hour"]).status_code == 422
    assert api(mia).get("/bookings").json["items"] == []


def test_a_held_time_is_told_whole(api, mia, offering):
    answer = api(mia).post("/bookings", wanted(offering))
    assert answer.status_code == 201
    booking = answer.json
    assert answer.headers["Location"] == f"/api/v1/bookings/{booking['id']}"
    assert booking["policy"] == house_terms().sentences()
    told = {name: booking[name] for name in booking if name not in {"id", "offering_id", "policy"}}
    assert told == {
        "policy_name": "Standard, version 1",
        "credit": {"amount": 0, "currency": "usd"},
        "credit_for": None,
        "intro": False,
        "preparation_minutes": 0,
        "client_place": None,
        "discount": money(0),
        "coupon": None,
        "status": "held",
        "series_id": None,
        "outcome": None,
        "starts_at": "2027-03-03T10:00:00+00:00",
        "ends_at": "2027-03-03T11:00:00+00:00",
        "hold_expires_at": "2027-03-01T09:15:00+00:00",
        "decide_by": None,
        "coach": {"handle": "ada", "name": "Ada"},
        "mentee": {"name": "Mia"},
        "title": "One hour of mentoring",
        "kind": "mentor",
        "brief": BRIEF,
        "by_approval": False,
        "price": money(12000),
        "refunded": money(0),
        "payment": None,
        "end_reason": None,
        "created_at": "2027-03-01T09:00:00+00:00",
    }
    assert api(mia).get(f"/bookings/{booking['id']}").json == booking


def test_a_hold_sent_twice_under_one_key_is_one_hold(api, mia, offering):
    program = api(mia)
    first = program.post("/bookings", wanted(offering), Idempotency_Key="one-try")
    again = program.post("/bookings", wanted(offering), Idempotency_Key="one-try")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(program.get("/bookings").json["items"]) == 1


def test_a_refused_hold_is_refused_alike_under_its_key(api, mia, offering):
    a_hold(a_person("Noor"), offering, TEN)
    program = api(mia)
    answers = [program.post("/bookings", wanted(offering), Idempotency_Key="late") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json == answers[1].json


def test_a_taken_time_is_refused_with_what_is_near(api, mia, offering):
    a_hold(a_person("Noor"), offering, TEN)
    answer = api(mia).post("/bookings", wanted(offering))
    assert answer.status_code == 409
    assert answer.json["detail"] == "Somebody has just booked this time."
    assert answer.json["nearest"] == [
        "2027-03-03T08:45:00+00:00",
        "2027-03-03T09:00:00+00:00",
        "2027-03-03T11:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_at": "2027-03-03T10:00:00"}, "starts_at"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-12:00"}, "starts_at"),
        ({"starts_at": "2027-03-03T03:00:00+00:00"}, "starts_at"),
        ({"starts_at": None}, "starts_at"),
        ({"offering_id": "the first one"}, "offering_id"),
        ({"brief": "help"}, "brief"),
        ({"brief": " " * 40}, "brief"),
        ({"brief": "x" * 2001}, "brief"),
        ({"brief": "a zero byte \x00 is nothing to keep"}, "brief"),
        ({"brief": 7}, "brief"),
        ({"sort": "up"}, "sort"),
    ],
)
def test_a_refused_field_is_named(api, mia, offering, changes, field):
    assert set(errors_of(api(mia).post("/bookings", wanted(offering, **changes)))) == {field}


def test_a_third_hold_is_refused_until_one_is_given_back(api, mia, offering):
    program = api(mia)
    held = [program.post("/bookings", wanted(offering, TEN.replace(hour=hour))) for hour in (9, 11, 13)]
    assert [answer.status_code for answer in held] == [201, 201, 409]
    given_back = program.post(f"/bookings/{held[0].json['id']}/cancel", {"expected_refund": money(0)})
    assert given_back.json["status"] == "cancelled"
    assert program.post("/bookings", wanted(offering, TEN.replace(hour=13))).status_code == 201


def test_an_offering_that_is_gone_is_not_found(api, mia, offering):
    assert api(mia).post("/bookings", wanted(offering, offering_id=NOBODYS)).status_code == 404


def test_a_coach_does_not_book_herself(api, ada, offering):
    assert api(ada.user).post("/bookings", wanted(offering)).status_code == 403


# Paying


def test_paying_on_the_page_that_is_named_confirms(api, mia, offering, stripe):
    booking = a_hold(mia, offering, TEN)
    program = api(mia)
    answer = program.post(f"/bookings/{booking.id}/pay")
    payment = payments.of_subject(booking.id)
    assert answer.json == {"url": payment.checkout_url, "overlapping": []}
    assert program.post(f"/bookings/{booking.id}/pay").json == answer.json
    stripe.pay(payment.checkout_id)
    payment_outcomes.settle_payment(str(payment.id))
    told = program.get(f"/bookings/{booking.id}").json
    assert (told["status"], told["payment"]) == ("confirmed", PAID)
    assert told["hold_expires_at"] is None


def test_a_declined_card_is_told_with_its_reason(api, mia, offering, stripe):
    booking = a_payment(mia, a_hold(mia, offering, TEN), stripe, card="4000000000000002")
    told = api(mia).get(f"/bookings/{booking.id}").json
    assert told["status"] == "held"
    assert told["payment"]["status"] == "pending"
    assert told["payment"]["failure"] == "The bank declined the payment."


def test_a_lapsed_hold_cannot_be_paid(api, mia, offering, moment, stripe):
    booking = a_hold(mia, offering, TEN)
    moment.advance(minutes=16)
    answer = api(mia).post(f"/bookings/{booking.id}/pay")
    assert answer.status_code == 409
    assert "free again" in answer.json["detail"]


# Cancelling


def test_the_exact_refund_is_shown_and_made(api, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.advance(hours=40)
    program = api(mia)
    quote = program.get(f"/bookings/{booking.id}/cancellation").json
    assert quote == {
        "refund": money(6000),
        "kept": money(6000),
        "why": "It is less than 24 hours away: half is refunded.",
    }
    answer = program.post(f"/bookings/{booking.id}/cancel", {"expected_refund": quote["refund"], "reason": "I am ill"})
    assert (answer.json["status"], answer.json["refunded"]) == ("cancelled", money(6000))
    assert answer.json["end_reason"] == "I am ill"


def test_another_amount_than_was_shown_cancels_nothing(api, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    program = api(mia)
    quote = program.get(f"/bookings/{booking.id}/cancellation").json
    moment.advance(hours=40)
    answer = program.post(f"/bookings/{booking.id}/cancel", {"expected_refund": quote["refund"]})
    assert answer.status_code == 409
    assert answer.json["refund_cents"] == 6000
    assert program.get(f"/bookings/{booking.id}").json["status"] == "confirmed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "expected_refund"),
        ({"expected_refund": 12000}, "expected_refund"),
        ({"expected_refund": {"amount": 12000}}, "expected_refund.currency"),
        ({"expected_refund": {"amount": 12000, "currency": "eur"}}, "expected_refund.currency"),
        ({"expected_refund": {"amount": 120.5, "currency": "usd"}}, "expected_refund.amount"),
        ({"expected_refund": {"amount": 12000, "currency": "usd"}, "reason": "x" * 501}, "reason"),
    ],
)
def test_a_cancellation_names_an_amount_in_the_sessions_currency(api, mia, offering, stripe, body, field):
    booking = a_booking(mia, offering, TEN, stripe)
    assert set(errors_of(api(mia).post(f"/bookings/{booking.id}/cancel", body))) == {field}


def test_a_cancellation_sent_twice_refunds_once(api, mia, offering, stripe, run_jobs):
    booking = a_booking(mia, offering, TEN, stripe)
    program = api(mia)
    body = {"expected_refund": money(12000)}
    sent = [program.post(f"/bookings/{booking.id}/cancel", body, Idempotency_Key="bye") for _ in range(2)]
    run_jobs()
    assert [answer.status_code for answer in sent] == [200, 200]
    assert len(payments.refunds_of(booking.payment_id)) == 1
    assert program.post(f"/bookings/{booking.id}/cancel", body).status_code == 409


def test_the_coach_cancels_and_everything_goes_back(api, ada, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.advance(hours=48)
    answer = api(ada.user).post(f"/bookings/{booking.id}/cancel", {"expected_refund": money(12000)})
    assert answer.json["refunded"] == money(12000)


# Answering and completing


def test_a_request_is_accepted_and_then_paid(api, ada, mia, by_request, stripe, run_jobs):
    booking = a_booking(mia, by_request, TEN, stripe)
    told = api(mia).get(f"/bookings/{booking.id}").json
    assert (told["status"], told["decide_by"]) == ("requested", "2027-03-03T09:00:00+00:00")
    assert api(ada.user).post(f"/bookings/{booking.id}/approve").status_code == 200
    run_jobs()
    assert api(mia).get(f"/bookings/{booking.id}").json["status"] == "confirmed"


def test_a_request_is_declined_with_its_reason(api, ada, mia, by_request, stripe):
    booking = a_booking(mia, by_request, TEN, stripe)
    answer = api(ada.user).post(f"/bookings/{booking.id}/decline", {"reason": "Not my field"})
    assert (answer.json["status"], answer.json["end_reason"]) == ("declined", "Not my field")
    assert api(ada.user).post(f"/bookings/{booking.id}/approve").status_code == 409


@pytest.mark.parametrize("outcome", ["took_place", "mentee_no_show"])
def test_the_coach_says_how_it_ended(api, ada, mia, offering, stripe, moment, outcome):
    booking = a_booking(mia, offering, TEN, stripe)
    coach = api(ada.user)
    assert coach.post(f"/bookings/{booking.id}/complete", {"outcome": outcome}).status_code == 409
    moment.set(booking.ends_at)
    answer = coach.post(f"/bookings/{booking.id}/complete", {"outcome": outcome})
    assert (answer.json["status"], answer.json["outcome"]) == ("completed", outcome)


def test_an_outcome_is_one_of_two(api, ada, mia, offering, stripe):
    booking = a_booking(mia, offering, TEN, stripe)
    answer = api(ada.user).post(f"/bookings/{booking.id}/complete", {"outcome": "fine"})
    assert errors_of(answer) == {"outcome": ["Say took_place or mentee_no_show."]}


# Lists


def test_sessions_come_page_by_page_for_each_side(api, ada, mia, offering, stripe, moment):
    early, late = (a_booking(mia, offering, TEN.replace(hour=hour), stripe) for hour in (9, 13))
    program = api(mia)
    first = program.get("/bookings?limit=1").json
    assert [row["id"] for row in first["items"]] == [str(early.id)]
    rest = program.get(f"/bookings?limit=1&after={first['next_cursor']}").json
    assert [row["id"] for row in rest["items"]] == [str(late.id)]
    assert rest["next_cursor"] is None
    assert len(api(ada.user).get("/bookings?as=coach").json["items"]) == 2
    assert api(ada.user).get("/bookings").json["items"] == []
    moment.advance(days=4)
    assert [row["id"] for row in program.get("/bookings?past=true").json["items"]] == [str(late.id), str(early.id)]


@pytest.mark.parametrize("query", ["as=admin", "past=perhaps", "after=yesterday", "limit=0", "limit=101"])
def test_a_list_that_nobody_can_read_is_refused(api, mia, query):
    assert set(errors_of(api(mia).get(f"/bookings?{query}"))) == {query.partition("=")[0]}


# Doors and strangers

CANCEL = {"expected_refund": {"amount": 12000, "currency": "usd"}}
ADDRESSES = [
    ("GET", "", None),
    ("GET", "/cancellation", None),
    ("POST", "/pay", {}),
    ("POST", "/cancel", CANCEL),
    ("POST", "/approve", {}),
    ("POST", "/decline", {}),
    ("POST", "/complete", {"outcome": "took_place"}),
]


@pytest.mark.parametrize(("method", "address", "body"), ADDRESSES)
def test_a_session_does_not_exist_for_strangers_nor_for_nobody(
    api, anonymous_api, mia, by_request, stripe, method, address, body
):
    booking = a_booking(mia, by_request, TEN, stripe)
    another_coach = a_coach("bea").user
    for stranger in (a_person("Noor"), another_coach):
        assert api(stranger).call(method, f"/bookings/{booking.id}{address}", body).status_code == 404
    assert anonymous_api.call(method, f"/bookings/{booking.id}{address}", body).status_code == 401
    assert api(mia).call(method, f"/bookings/{NOBODYS}{address}", body).status_code == 404
    assert api(mia).get(f"/bookings/{booking.id}").json["status"] == "requested"


@pytest.mark.parametrize(("who", "status"), [("mentee", 200), ("coach", 200), ("admin", 200), ("stranger", 404)])
def test_the_two_and_an_admin_see_a_session(api, ada, mia, offering, who, status):
    booking = a_hold(mia, offering, TEN)
    person = {"mentee": lambda: mia, "coach": lambda: ada.user, "admin": an_admin}.get(who, a_person)()
    assert api(person).get(f"/bookings/{booking.id}").status_code == status


@pytest.mark.parametrize(
    ("who", "method", "address", "body", "status"),
    [
        ("coach", "POST", "/pay", {}, 403),
        ("admin", "POST", "/pay", {}, 403),
        ("mentee", "POST", "/approve", {}, 403),
        ("mentee", "POST", "/decline", {}, 403),
        ("mentee", "POST", "/complete", {"outcome": "took_place"}, 403),
        ("admin", "POST", "/approve", {}, 403),
        ("admin", "POST", "/complete", {"outcome": "took_place"}, 403),
        ("admin", "GET", "/cancellation", None, 403),
        ("admin", "POST", "/cancel", CANCEL, 403),
        ("coach", "POST", "/cancel", {"expected_refund": {"amount": 0, "currency": "usd"}}, 409),
    ],
)
def test_each_does_only_what_is_hers(api, ada, mia, by_request, stripe, who, method, address, body, status):
    booking = a_booking(mia, by_request, TEN, stripe)
    person = {"mentee": lambda: mia, "coach": lambda: ada.user, "admin": an_admin}[who]()
    assert api(person).call(method, f"/bookings/{booking.id}{address}", body).status_code == status


@pytest.mark.parametrize(
    ("scopes", "method", "address", "body"),
    [
        (("write", "money"), "GET", "", None),
        (("write", "money"), "GET", "/cancellation", None),
        (("read", "write"), "POST", "/pay", {}),
        (("read", "write"), "POST", "/cancel", CANCEL),
        (("read", "money"), "POST", "/approve", {}),
        (("read", "money"), "POST", "/decline", {}),
        (("read", "money"), "POST", "/complete", {"outcome": "took_place"}),
    ],
)
def test_a_token_does_only_what_it_was_made_for(api, mia, offering, scopes, method, address, body):
    booking = a_hold(mia, offering, TEN)
    assert api(mia, scopes=scopes).call(method, f"/bookings/{booking.id}{address}", body).status_code == 403


def test_nobody_holds_and_nobody_lists(api, anonymous_api, mia, offering):
    assert anonymous_api.post("/bookings", wanted(offering)).status_code == 401
    assert anonymous_api.get("/bookings").status_code == 401
    assert api(mia, scopes=("read",)).post("/bookings", wanted(offering)).status_code == 403


def test_it_is_written_down_for_programmers(app):
    paths = app.test_client().get("/api/v1/openapi.json").json["paths"]
    for method, address, _body in ADDRESSES:
        assert method.lower() in paths[f"/api/v1/bookings/{{booking_id}}{address}"]
    assert {"get", "post"} <= set(paths["/api/v1/bookings"])
