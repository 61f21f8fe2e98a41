"""Fifty people use a coupon that counts three times, at one moment, through the API and for real."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from marketplace.coupons import service as coupons
from marketplace.db import session
from marketplace.invariants import queries as invariant_queries
from tests.doors import ApiClient
from tests.factories import a_coach, a_hold, a_person, an_offering, open_all_week

pytestmark = pytest.mark.real

PEOPLE, USES = 50, 3
FIRST = datetime(2027, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
def ada(real_app, moment):
    with real_app.app_context():
        ada = open_all_week(a_coach("ada"))
        coupons.make(ada.user, code="THREE", percent=20, uses_at_most=USES, uses_each_at_most=1)
        return ada


def at_once(deeds):
    gate = Barrier(len(deeds))

    def do(deed):
        gate.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


def reduced(real_app):
    with real_app.app_context():
        assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == []
        return session().scalar(text("select count(*) from bookings where discount_cents = 2400"))


def test_three_pay_less_and_forty_seven_are_told_why_not(real_app, ada):
    with real_app.app_context():
        offering, deeds = an_offering(ada, minutes=30), []
        for number in range(PEOPLE):
            mentee = a_person(f"Mentee{number}")
            held = a_hold(mentee, offering, FIRST + timedelta(days=number // 12, minutes=30 * (number % 12)))
            deeds.append((ApiClient.of(real_app, mentee, ("write",)), f"/bookings/{held.id}/coupon"))
    answers = at_once([lambda c=client, p=path: c.post(p, {"code": "three"}) for client, path in deeds])
    assert Counter(answer.status_code for answer in answers) == {200: USES, 422: PEOPLE - USES}
    said = {answer.json["errors"]["code"][0] for answer in answers if answer.status_code == 422}
    assert said == {"This coupon is used up."}
    assert reduced(real_app) == USES


def test_one_mentee_at_two_doors_uses_it_once(real_app, ada):
    with real_app.app_context():
        offering, mia = an_offering(ada), a_person()
        held = [a_hold(mia, offering, FIRST + timedelta(hours=2 * number)) for number in range(2)]
        client = ApiClient.of(real_app, mia, ("write",))
    paths = [f"/bookings/{booking.id}/coupon" for booking in held]
    answers = at_once([lambda p=path: client.post(p, {"code": "three"}) for path in paths * 6])
    assert {answer.status_code for answer in answers} == {200, 422}
    assert reduced(real_app) == 1


def test_a_coupon_that_ends_in_that_moment_takes_off_all_or_nothing(real_app, ada):
    with real_app.app_context():
        offering, mia = an_offering(ada), a_person()
        held = a_hold(mia, offering, FIRST)
        mentees, coachs = (
            ApiClient.of(real_app, mia, ("read", "write")),
            ApiClient.of(real_app, ada.user, ("read", "write")),
        )
    coupon_id = coachs.get("/coach/coupons").json["items"][0]["id"]
    used, ended = at_once(
        [
            lambda: mentees.post(f"/bookings/{held.id}/coupon", {"code": "three"}),
            lambda: coachs.post(f"/coach/coupons/{coupon_id}/end"),
        ]
    )
    assert ended.status_code == 200
    price = mentees.get(f"/bookings/{held.id}").json["price"]["amount"]
    assert (used.status_code, price) in {(200, 9600), (422, 12000)}
    assert mentees.post(f"/bookings/{held.id}/coupon", {"code": "three"}).status_code == 422


def test_ended_by_two_clicks_it_ends_once(real_app, ada):
    with real_app.app_context():
        coachs = ApiClient.of(real_app, ada.user, ("read", "write"))
    coupon_id = coachs.get("/coach/coupons").json["items"][0]["id"]
    answers = at_once([lambda: coachs.post(f"/coach/coupons/{coupon_id}/end")] * 8)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["ended_at"] for answer in answers}) == 1
