"""What an admin sees of a dispute, and sends to the bank; on pages and in the API."""

from datetime import UTC, datetime

import pytest

from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.disputes import evidence as dispute_evidence
from marketplace.bookings.disputes.rules import EDITABLE, longest
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.notes import service as notes
from marketplace.payments import queries
from marketplace.payments.service import disputes as payment_disputes
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_person, an_offering, open_all_week


@pytest.fixture
def opened(stripe, moment, run_jobs):
    """A dispute about a session that took place."""
    ada = open_all_week(a_coach("ada"))
    booking = a_booking(a_person("Mia"), an_offering(ada), datetime(2027, 3, 2, 10, tzinfo=UTC), stripe)
    run_jobs()
    moment.set(booking.ends_at)
    completions.complete(ada.user, booking_id=booking.id, outcome="took_place")
    notes.write(ada.user, booking_id=booking.id, text="She is afraid of her boss.", shared=False)
    payment_disputes.sync_dispute(stripe.dispute(booking.payment.charge_id, reason="product_not_received")["id"])
    (dispute,) = queries.disputes_of(booking.payment_id)
    return dispute


def test_an_admin_reads_what_we_know_and_sends_it_once(alma, opened, browser_of, run_jobs, stripe):
    browser = browser_of(alma)
    listed = browser.get("/admin/disputes").text
    assert "Evidence is due by" in listed
    address = f"/admin/disputes/{opened.id}"
    page = browser.get(address).text
    assert BRIEF in page
    assert "It took place." in page
    assert "Until 4 hours before you may move it once" in page
    assert "Booked: One hour of mentoring" in page
    assert "afraid" not in page
    sent = browser.submit(f"{address}/evidence", {"statement": "They met for an hour."}, seen=address)
    assert sent.status_code == 303
    assert browser.submit(f"{address}/evidence", seen="/account").status_code == 409
    run_jobs()
    (at_stripe,) = stripe.read("disputes")["data"]
    assert at_stripe["evidence"]["uncategorized_text"].startswith("They met for an hour.")
    assert "afraid" not in str(at_stripe["evidence"])
    assert at_stripe["status"] == "under_review"
    page = browser.get(address).text
    assert "Evidence sent" in page
    assert "Send the evidence" not in page
    payment_disputes.send_evidence(str(opened.id))


def test_evidence_that_wins_is_sent_through_the_api(alma, opened, api, run_jobs):
    admin = api(alma)
    (told,) = admin.get("/admin/disputes").get_json()
    assert (told["amount_cents"], told["status"], told["evidence"]) == (12000, "needs_response", None)
    path = f"/admin/disputes/{told['id']}"
    assert admin.post(f"{path}/evidence", {"statement": "x" * 5001}).status_code == 422
    assert admin.post(f"{path}/evidence", {}).get_json()["evidence"]["customer_name"] == "Mia"
    run_jobs()
    assert admin.get(path).get_json()["submitted_at"]
    assert admin.get("/admin/disputes?closed=true").get_json() == []


def test_a_statement_that_is_too_long_is_refused_on_the_page_and_kept(alma, opened, browser_of):
    address = f"/admin/disputes/{opened.id}"
    refused = browser_of(alma).submit(f"{address}/evidence", {"statement": "x" * 5001}, seen=address)
    assert refused.status_code == 422
    assert "x" * 5001 in refused.text


def test_an_admin_changes_what_the_bank_reads(alma, opened, browser_of, run_jobs):
    address = f"/admin/disputes/{opened.id}"
    page = browser_of(alma)
    shown = page.get(address).text
    assert "Booked by the customer on" in shown
    edited = {"statement": "We are sorry.", "product_description": "An hour of mentoring", "uncategorized_text": ""}
    assert page.submit(f"{address}/evidence", edited, seen=address).status_code == 303
    run_jobs()
    sent = queries.dispute(opened.id).evidence
    assert (sent["product_description"], sent["uncategorized_text"]) == ("An hour of mentoring", "We are sorry.")
    assert sent["refund_policy_disclosure"].startswith("Shown before paying")


def test_what_is_left_empty_is_not_sent(alma, opened):
    sent = dispute_evidence.submit_evidence(alma, dispute_id=opened.id, refund_policy_disclosure="").evidence
    assert "refund_policy_disclosure" not in sent
    assert "cancellation_policy_disclosure" in sent


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"uncategorized_text": "x" * 20001}, "uncategorized_text"), ({"uncategorized_text": "x" * 19999}, "statement")],
)
def test_more_than_stripe_takes_is_refused_by_its_field(alma, opened, api, typed, field):
    answer = api(alma).post(f"/admin/disputes/{opened.id}/evidence", {"statement": "Sorry.", **typed})
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_session_with_more_to_say_than_stripe_takes_is_cut_at_a_line(alma, opened):
    (booking,) = dispute_evidence.queries.of_payment(opened.payment_id)
    booking.brief = "\n".join(["a line of the brief"] * 2000)
    session().commit()
    sent = dispute_evidence.submit_evidence(alma, dispute_id=opened.id, statement="Sorry.").evidence
    assert 19900 < len(sent["uncategorized_text"]) <= 20000
    assert sent["uncategorized_text"].endswith("a line of the brief\n…")
    assert sent["uncategorized_text"].startswith("Sorry.")


def test_evidence_that_is_as_long_as_can_be_is_taken_by_stripe(alma, opened, stripe, run_jobs):
    """Each of its texts has a limit, and all together have one."""
    (booking,) = dispute_evidence.queries.of_payment(opened.payment_id)
    booking.mentee.name, booking.brief = "M" * 6000, "A line of the brief.\n" * 1200
    session().commit()
    edited = dict.fromkeys(set(EDITABLE) - {"uncategorized_text"}, "x" * 20000)
    sent = dispute_evidence.submit_evidence(alma, dispute_id=opened.id, statement="s" * 5000, **edited).evidence
    run_jobs()
    found = queries.dispute(opened.id)
    assert (found.refusal, found.submitted_at is not None) == (None, True)
    assert sum(map(len, sent.values())) <= sum(map(longest, sent)) <= 150_000


def test_a_dispute_that_stripe_does_not_know_shows_what_it_said(alma, opened, run_jobs, stripe):
    dispute_evidence.submit_evidence(alma, dispute_id=opened.id)
    stripe.refuse("/v1/disputes/*", times=2, status=404, code="resource_missing", message="No such dispute")
    run_jobs()
    found = queries.dispute(opened.id)
    assert found.evidence is None
    assert found.refusal.startswith("No such dispute (resource_missing, req_")


def test_what_stripe_refuses_is_shown_and_may_be_sent_again(alma, opened, browser_of, run_jobs, stripe):
    stripe.decide(opened.stripe_id, "won")
    dispute_evidence.submit_evidence(alma, dispute_id=opened.id)
    run_jobs()
    found = queries.dispute(opened.id)
    assert (found.evidence, found.status) == (None, "won")
    browser = browser_of(alma)
    assert "was not accepted" in browser.get(f"/admin/disputes/{opened.id}").text
    assert "Won" in browser.get("/admin/disputes?state=closed").text


def test_evidence_whose_answer_was_lost_is_found_sent(alma, opened, run_jobs):
    dispute_evidence.submit_evidence(alma, dispute_id=opened.id)
    run_jobs()
    found = queries.dispute(opened.id)
    found.submitted_at, found.evidence_id = None, found.id
    session().commit()
    payment_disputes.send_evidence(str(opened.id))
    found = queries.dispute(opened.id)
    assert found.submitted_at is not None
    assert found.refusal is None


def test_a_payment_without_sessions_is_described(alma, opened):
    (booking,) = dispute_evidence.queries.of_payment(opened.payment_id)
    booking.payment_id = None
    session().commit()
    assert list(dispute_evidence.evidence_for(alma, dispute_id=opened.id)) == ["uncategorized_text"]


def test_of_a_session_that_never_came_about_the_bank_reads_no_more_than_that(alma, stripe, moment):
    offering = an_offering(open_all_week(a_coach("ada")))
    ten = datetime(2027, 3, 2, 10, tzinfo=UTC)
    late = a_hold(a_person("Mia"), offering, ten)
    booking_checkout.pay(late.mentee, booking_id=late.id)
    moment.advance(minutes=16)
    a_hold(a_person("Noor"), offering, ten)
    payment = queries.of_subject(late.id)
    stripe.pay(payment.checkout_id)
    payment_outcomes.settle_payment(str(payment.id))
    payment_disputes.sync_dispute(stripe.dispute(payment.charge_id)["id"])
    (dispute,) = queries.disputes_of(payment.id)
    facts = dispute_evidence.evidence_for(alma, dispute_id=dispute.id)["uncategorized_text"].splitlines()
    assert [fact.split()[0] for fact in facts] == ["Session", "Booked"]


def test_before_a_session_the_bank_reads_what_was_booked_and_paid(alma, stripe, run_jobs):
    ada = open_all_week(a_coach("ada"))
    booking = a_booking(a_person("Mia"), an_offering(ada), datetime(2027, 3, 2, 10, tzinfo=UTC), stripe)
    run_jobs()
    payment_disputes.sync_dispute(stripe.dispute(booking.payment.charge_id)["id"])
    (dispute,) = queries.disputes_of(booking.payment_id)
    facts = dispute_evidence.evidence_for(alma, dispute_id=dispute.id)["uncategorized_text"].splitlines()
    assert [fact.split()[0] for fact in facts] == ["Session", "Booked", "Paid", "Mail"]


def test_nobody_else_sees_or_answers_a_dispute(opened, api, browser_of):
    bob = a_person("Bob")
    for address in ("/admin/disputes", f"/admin/disputes/{opened.id}"):
        assert browser_of(bob).get(address).status_code == 404
        assert api(bob).get(address).status_code == 404
    with pytest.raises(NotFound):
        dispute_evidence.submit_evidence(bob, dispute_id=opened.id)
    with pytest.raises(NotFound):
        dispute_evidence.evidence_for(bob, dispute_id=opened.id)
