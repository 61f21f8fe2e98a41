"""Giving back beyond the policy, by the pages and the API: shown first, nothing typed lost, 404 for strangers."""

from datetime import UTC, datetime

import pytest

from marketplace.payments import queries as payment_queries
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week
from tests.pages.reading import read

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def booked(stripe):
    return a_booking(a_person("Mia"), an_offering(open_all_week(a_coach("ada"))), TEN, stripe)


def address(booking):
    return f"/admin/sessions/{booking.id}/refund"


ASKED = {"refund": "60", "paid_by": "platform", "reason": "The line broke down."}


def test_what_it_does_is_shown_before_it_is_sent(booked, alma, browser_of):
    browser = browser_of(alma)
    assert address(booked) in browser.get(f"/sessions/{booked.id}").text
    shown = browser.submit(address(booked), ASKED)
    assert shown.status_code == 200
    page = read(shown)
    assert "Refund 60.00 USD" in page.buttons
    assert "The line broke down." in shown.text
    assert payment_queries.refunds_of(booked.payment_id) == []
    sent = browser.submit(address(booked), {**ASKED, "seen": page.hidden["seen"]})
    assert sent.status_code == 303
    assert [refund.amount_cents for refund in payment_queries.refunds_of(booked.payment_id)] == [6000]
    again = browser.submit(address(booked), {**ASKED, "seen": page.hidden["seen"]})
    assert again.status_code == 200
    assert len(payment_queries.refunds_of(booked.payment_id)) == 1
    assert "We refunded 60.00 USD: The line broke down." in browser.get(f"/sessions/{booked.id}").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"refund": "120.01"}, "Between 0.01 USD and 120.00 USD can be refunded."),
        ({"refund": "much"}, "Write an amount like 60.00."),
        ({"reason": ""}, "Say why: both read it."),
        ({"refund": "110", "paid_by": "coach"}, "The coach&#39;s share is 108.00 USD. Let us pay, or split it."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(booked, alma, browser_of, changes, words):
    answer = browser_of(alma).submit(address(booked), ASKED | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert (ASKED | changes)["refund"] in answer.text


def test_the_api_shows_and_sends(booked, alma, api):
    admin = api(alma)
    path = f"/admin/bookings/{booked.id}/refunds"
    shown = admin.get(f"{path}/preview?amount=6000&paid_by=coach").json
    assert (shown["coach_cents"], shown["coach_after_cents"]) == (6000, 4800)
    assert (shown["left_cents"], shown["left_after_cents"]) == (12000, 6000)
    body = {
        "refund": {"amount": 6000, "currency": "usd"},
        "left": {"amount": shown["left_cents"], "currency": "usd"},
        "paid_by": "coach",
        "reason": "She was late.",
    }
    sent = admin.post(path, body, Idempotency_Key="one")
    assert (sent.status_code, sent.json["refunded"]["amount"]) == (201, 6000)
    assert admin.post(path, body, Idempotency_Key="one").status_code == 201
    assert admin.post(path, body).status_code == 409
    foreign = admin.post(path, body | {"refund": {"amount": 1, "currency": "eur"}})
    assert list(foreign.json["errors"]) == ["refund.currency"]
    over = admin.post(
        path, body | {"refund": {"amount": 6001, "currency": "usd"}, "left": {"amount": 6000, "currency": "usd"}}
    )
    assert list(over.json["errors"]) == ["refund"]
    assert len(payment_queries.refunds_of(booked.payment_id)) == 1


def test_others_find_nothing_there(booked, api, browser_of):
    coach = booked.coach.user
    assert browser_of(coach).get(address(booked)).status_code == 404
    assert api(coach).get(f"/admin/bookings/{booked.id}/refunds/preview?amount=1").status_code == 404
