"""Why something ended or was refunded is a code, and each reader reads words in their own language."""

import importlib

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from marketplace.audit.service import record
from marketplace.bookings import rules as booking_rules
from marketplace.db import session
from marketplace.payments import queries
from marketplace.payments.refund_reasons import rules
from marketplace.payments.service import refunds
from marketplace.payments.service.transitions import transition_refund
from tests.factories import a_booking
from tests.pages.reading import read
from tests.scenes import TEN

MIGRATION = next(iter(__import__("pathlib").Path("migrations/versions").glob("*_reasons_are_codes.py"))).stem
EARLIER = "the coach did not answer in time"


@pytest.fixture
def booked(mia, offering, stripe):
    return a_booking(mia, offering, TEN, stripe)


@pytest.mark.parametrize("code", rules.WORDS)
def test_each_code_has_words(code):
    assert rules.told(code) == str(rules.WORDS[code])
    assert "_" not in rules.told(code)


def test_an_admins_own_words_stay_as_they_are():
    assert rules.told("The coach was late.") == "The coach was late."


def test_what_was_stored_as_a_sentence_becomes_a_code_and_peoples_words_stay(booked, ada, mia):
    connection = session().connection()

    def refund(key, reason):
        refunds.intend_refund(booked.payment, cents=100, reason=reason, key=key)

    def reasons():
        found = connection.execute(text("select key, reason from refunds order by key")).all()
        return {row.key: row.reason for row in found}

    def ended(status, by, reason):
        change = "update bookings set status = :status, ended_at = now(), ended_by = :by, end_reason = :reason"
        connection.execute(text(change), {"status": status, "by": by, "reason": reason})
        run(migration.upgrade)
        return connection.scalar(text("select end_reason from bookings"))

    def run(step):
        with Operations.context(MigrationContext.configure(connection)):
            step()

    migration = importlib.import_module(f"migrations.versions.{MIGRATION}")
    was = {"beyond:1": "the coach left", "credit:1": "the coach left", "overrun:1": "refunded by the coach"}
    for key, reason in was.items():
        refund(key, reason)
    run(migration.upgrade)
    assert reasons() == {"beyond:1": "the coach left", "credit:1": "coach_left", "overrun:1": "by_coach"}
    run(migration.downgrade)
    assert reasons() == was
    assert ended("expired", None, EARLIER) == booking_rules.NOT_ANSWERED
    assert ended("cancelled", ada.user_id, "the coach did not come") == booking_rules.COACH_NO_SHOW
    assert ended("cancelled", mia.id, "the coach did not come") == "the coach did not come"
    assert ended("cancelled", mia.id, EARLIER) == EARLIER


def test_nobody_writes_a_code_of_the_site_as_their_own_reason(api, browser_of, booked, mia):
    """A mentee who called it off would have it counted as a no-show of the coach."""
    path = f"/bookings/{booked.id}/cancel"
    body = {"expected_refund": {"amount": 12000, "currency": "usd"}, "reason": booking_rules.COACH_NO_SHOW}
    refused = api(mia).post(path, body)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["reason"])
    done = api(mia).post(path, body | {"reason": "the coach did not come"})
    assert (done.status_code, done.json["end_reason"]) == (200, "the coach did not come")
    assert "Cancelled by you, 120.00 USD refunded" in read(browser_of(mia).get(f"/sessions/{booked.id}")).text


def test_admins_read_words_of_refunds_and_of_the_trail_also_where_it_keeps_a_sentence(booked, alma, api, browser_of):
    refunds.intend_refund(booked.payment, cents=100, reason=rules.PAID_LATE, key="late:1")
    record(None, "booking.expired", booked.id, reason=EARLIER)
    record(None, "session_credit.refunded", booked.id, reason=rules.COACH_LEFT)
    session().commit()
    browser = browser_of(alma)
    page = read(browser.get(f"/admin/bookings/{booked.id}?show=money")).text
    assert "1.00 USD is to be refunded: paid too late" in page
    trail = read(browser.get(f"/admin/record?about={booked.id}")).text
    assert "the coach left" in trail
    assert EARLIER in trail
    alma.locale = "de"
    session().commit()
    assert "zu spät bezahlt" in read(browser.get(f"/admin/bookings/{booked.id}?show=money")).text


def test_a_request_that_lapsed_before_there_were_codes_is_told_as_it_was(booked, mia, browser_of):
    record(None, "booking.expired", booked.id, reason=EARLIER)
    session().commit()
    assert "Ada did not answer in time" in read(browser_of(mia).get(f"/sessions/{booked.id}")).text


def test_the_api_says_the_code_and_the_words_of_a_failed_refund(booked, alma, api):
    refunds.intend_refund(booked.payment, cents=100, reason=rules.NO_SHOW, key="no-show:1")
    (refund,) = queries.refunds_of(booked.payment_id)
    transition_refund(refund, "failed", reason="declined")
    session().commit()
    admin = api(alma, scopes=["read", "admin:read", "admin:critical"])
    (told,) = admin.get("/admin/refunds").get_json()
    assert (told["reason"], told["reason_told"]) == ("no_show", "no-show")
