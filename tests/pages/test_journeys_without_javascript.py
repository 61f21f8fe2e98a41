"""What a coach and an admin do by the links and buttons of the pages alone, from their own first page."""

from datetime import timedelta

import pytest

from marketplace.attendance import service as attendance
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs
from marketplace.payouts.service import bank_accounts
from tests.factories import a_booking, a_hold, a_payment, a_person
from tests.pages.pressing import Visitor
from tests.scenes import TEN


@pytest.fixture
def booked(mia, offering, stripe):
    return a_booking(mia, offering, TEN, stripe)


@pytest.fixture
def released(booked, moment):
    """A paid session that took place, its window over."""
    moment.advance(days=9)
    payment_outcomes.settle_payment(str(booked.payment_id))
    completions.complete_sessions()
    earnings.release_earnings()
    return booked


def test_a_coach_accepts_one_request_and_declines_another(ada, mia, by_request, stripe, browser_of, run_jobs):
    noor = a_person("Noor")
    for who, start in ((mia, TEN), (noor, TEN + timedelta(hours=3))):
        a_payment(who, a_hold(who, by_request, start), stripe)
    run_jobs()
    coach = Visitor(browser_of(ada.user), "/dashboard")
    coach.follow("Answer").press("Accept")
    assert "Accepted. The payment is being taken" in coach.text
    run_jobs()
    coach.open("/dashboard").follow("Answer").press("Decline", reason="Not in March.")
    assert "Declined. Nothing was taken" in coach.text
    assert "You declined: Not in March." in coach.text


def test_a_coach_writes_a_note_that_both_read(ada, booked, browser_of):
    coach = Visitor(browser_of(ada.user), "/dashboard").follow("One hour of mentoring")
    coach.press("Save this note", text="Begin with the first week.", shared="yes")
    assert "Begin with the first week." in coach.text


def test_a_coach_sets_other_hours(ada, browser_of):
    coach = Visitor(browser_of(ada.user), "/dashboard/hours")
    coach.press("Save the week", start_0="10:00", end_0="12:30")
    assert (coach.value("start-0"), coach.value("end-0")) == ("10:00", "12:30")


def test_a_report_is_answered_by_the_coach_and_decided_by_an_admin(ada, mia, alma, booked, browser_of, moment):
    moment.set(booked.starts_at + timedelta(minutes=20))
    mentee = Visitor(browser_of(mia), f"/sessions/{booked.id}")
    attendance.report_no_show(mia, booking_id=booked.id, words="I waited.")
    moment.set(booked.ends_at)
    coach = Visitor(browser_of(ada.user), "/dashboard").follow("Answer")
    coach.press("Answer", answer="took_place", words="We talked for an hour.")
    assert "An admin reads both sides and decides." in coach.text
    admin = Visitor(browser_of(alma), "/admin").follow("Decide")
    admin.press("Decide and tell both", verdict="split", refund="60.00", reason="Late.")
    assert "Decided. Both have been told." in admin.text
    assert "60.00 USD" in mentee.open(f"/sessions/{booked.id}").text


def test_an_admin_proposes_and_approves_a_payout_run(ada, alma, released, stripe, browser_of):
    bank_accounts.connect_bank(ada.user, country="DE")
    account = bank_account_queries.account_of(ada.id)
    stripe.onboard(account.stripe_id, "complete")
    bank_accounts.refresh_account(str(account.id))
    admin = Visitor(browser_of(alma), "/admin").follow("Propose a run")
    admin.press("Propose")
    admin.press("Approve")
    (run,) = runs.runs(alma)
    assert run.approved_at is not None
    assert [(payout.coach_id, payout.amount_cents) for payout in run.payouts] == [(ada.id, 10800)]


def test_an_admin_refunds_out_of_goodwill(alma, released, browser_of):
    admin = Visitor(browser_of(alma), f"/admin/sessions/{released.id}/refund")
    admin.press("Show what it does", refund="20.00", reason="It was short.").press("Refund 20.00 USD")
    assert "20.00 USD" in admin.text


def test_an_admin_sends_evidence(alma, booked, browser_of, stripe, run_jobs):
    payment_disputes.sync_dispute(stripe.dispute(booked.payment.charge_id, reason="product_not_received")["id"])
    admin = Visitor(browser_of(alma), "/admin").follow("Send evidence")
    admin.press("Send the evidence", statement="They met for an hour.")
    run_jobs()
    (at_stripe,) = stripe.read("disputes")["data"]
    assert at_stripe["status"] == "under_review"
