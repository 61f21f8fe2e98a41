"""Refunds that did not arrive, on the admins' pages and in the API."""

from datetime import UTC, datetime

import pytest

from marketplace.payments import queries
from marketplace.payments.service import refunds
from tests.factories import a_coach, a_hold, a_payment, a_person, an_offering, open_all_week


@pytest.fixture
def failed(stripe, moment, run_jobs):
    mia = a_person("Mia")
    held = a_hold(mia, an_offering(open_all_week(a_coach("ada"))), datetime(2027, 3, 2, 10, tzinfo=UTC))
    payment = a_payment(mia, held, stripe, "4000000000005126").payment
    refunds.intend_refund(payment, cents=6000, reason="a test", key="test")
    run_jobs()
    (refund,) = queries.refunds_of(payment.id)
    moment.advance(minutes=2)
    refunds.sync_refund(refund.stripe_id)
    return refund


def test_an_admin_sees_what_is_owed_and_sends_it_again(alma, failed, browser_of):
    browser = browser_of(alma)
    assert "Send 60.00 USD again" in browser.get("/admin/refunds").text
    assert browser.submit(f"/admin/refunds/{failed.id}/retry", seen="/admin/refunds").status_code == 303
    shown = browser.get("/admin/refunds").text
    assert "being sent again" in shown
    assert "No refund has failed." in shown


def test_the_api_lists_and_sends_it_again_once(alma, failed, api):
    admin = api(alma, scopes=["read", "admin:read", "admin:critical"])
    (told,) = admin.get("/admin/refunds").get_json()
    assert (told["id"], told["amount_cents"], told["status"]) == (str(failed.id), 6000, "failed")
    assert admin.post(f"/admin/refunds/{failed.id}/retry").get_json()["status"] == "intended"
    assert admin.post(f"/admin/refunds/{failed.id}/retry").status_code == 409


@pytest.mark.parametrize("address", ["/admin/refunds"])
def test_others_see_no_refunds(address, api, browser_of):
    bob = a_person("Bob")
    assert browser_of(bob).get(address).status_code == 404
    assert api(bob).get(address).status_code == 404
