"""That a mentee did not come is taken back for a quarter of an hour; evidence says nothing that is not agreed."""

from datetime import timedelta

import pytest

from marketplace.attendance import service as attendance
from marketplace.bookings.completions import service as completions
from marketplace.bookings.disputes.evidence import evidence_for
from marketplace.db import session
from marketplace.errors import NotAllowed
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes
from tests.factories import a_booking
from tests.scenes import TEN


@pytest.fixture
def booking(mia, offering, stripe, moment):
    booked = a_booking(mia, offering, TEN, stripe)
    moment.set(TEN + timedelta(minutes=70))
    return booked


def marked(ada, booking):
    return completions.complete(ada.user, booking_id=booking.id, outcome="mentee_no_show")


def test_it_is_taken_back_within_a_quarter_of_an_hour_and_the_session_is_open_again(
    ada, mia, booking, moment, run_jobs, mailbox
):
    confirmed_at = booking.confirmed_at
    marked(ada, booking)
    moment.advance(minutes=14)
    completions.take_back(ada.user, booking_id=booking.id)
    session().refresh(booking)
    assert (booking.status, booking.outcome, booking.ended_at) == ("confirmed", None, None)
    assert booking.confirmed_at == confirmed_at
    run_jobs()
    subjects = [mail["Subject"] for mail in mailbox.to(mia.email)]
    assert "Ada took back that you did not come" in subjects
    marked(ada, booking)
    run_jobs()
    assert len(mailbox.to(mia.email)) > len(subjects)


def test_later_it_is_not(ada, booking, moment):
    marked(ada, booking)
    moment.advance(minutes=15)
    with pytest.raises(completions.NotTakenBack):
        completions.take_back(ada.user, booking_id=booking.id)


def test_what_the_mentee_has_answered_is_not_taken_back(ada, mia, booking):
    marked(ada, booking)
    attendance.report_no_show(mia, booking_id=booking.id, words="I was there.")
    with pytest.raises(completions.NotTakenBack):
        completions.take_back(ada.user, booking_id=booking.id)


def test_nobody_takes_it_back_but_the_coach(ada, mia, booking):
    marked(ada, booking)
    with pytest.raises(NotAllowed, match="Only the coach"):
        completions.take_back(mia, booking_id=booking.id)


def test_that_it_took_place_is_not_taken_back(ada, booking):
    completions.complete(ada.user, booking_id=booking.id, outcome="took_place")
    with pytest.raises(completions.NotTakenBack):
        completions.take_back(ada.user, booking_id=booking.id)


def test_evidence_does_not_say_that_it_took_place_while_that_is_reported_otherwise(ada, mia, alma, booking, stripe):
    attendance.report_no_show(mia, booking_id=booking.id, words="I waited.")
    attendance.answer_no_show(ada.user, booking_id=booking.id, answer="took_place", words="I was there.")
    disputes.sync_dispute(stripe.dispute(booking.payment.charge_id)["id"])
    (dispute,) = payments.disputes_of(booking.payment_id)
    said = evidence_for(alma, dispute_id=dispute.id)["uncategorized_text"]
    assert "It took place" not in said
    assert "do not agree on who came" in said


def test_the_page_says_what_follows_before_it_is_said_and_offers_to_take_it_back(ada, booking, browser_of):
    browser = browser_of(ada.user)
    path = f"/sessions/{booking.id}"
    page = browser.get(path).get_data(as_text=True)
    assert "Nothing is refunded to Mia: 120.00 USD stays, and you get 108.00 USD." in page
    assert "Join the session" not in page
    assert "Cancel the session" not in page
    assert "If plans change" not in page
    browser.submit(f"{path}/complete", {"outcome": "mentee_no_show"}, seen=path)
    assert "Take it back (until" in browser.get(path).get_data(as_text=True)
    browser.submit(f"{path}/complete/undo", seen=path)
    assert "It took place" in browser.get(path).get_data(as_text=True)


def test_the_accused_mentee_answers_on_the_page_to_which_the_mail_leads(
    ada, mia, booking, browser_of, run_jobs, mailbox
):
    marked(ada, booking)
    run_jobs()
    mail = mailbox.besides_invoices(mia.email)[-1].get_body(("plain",)).get_content()
    assert f"/sessions/{booking.id}#attendance" in mail
    page = browser_of(mia).get(f"/sessions/{booking.id}").get_data(as_text=True)
    assert 'id="attendance"' in page
    assert "I was there" in page


def test_the_page_tells_of_the_policy_what_is_still_true(mia, offering, stripe, moment, browser_of):
    booked = a_booking(mia, offering, TEN, stripe)
    browser = browser_of(mia)
    page = browser.get(f"/sessions/{booked.id}").get_data(as_text=True)
    assert "24 hours or more before" in page
    assert "you may move it once" in page
    moment.set(TEN - timedelta(hours=3))
    page = browser.get(f"/sessions/{booked.id}").get_data(as_text=True)
    assert "24 hours or more before" not in page
    assert "you may move it" not in page
    assert "only if the coach proposes it" in page
