"""Money and booking never disagree: each case that people of other systems suffered from, through the doors."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.bookings import queries
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.holds import service as holds
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.reminders import service as reminders
from marketplace.db import session
from marketplace.errors import Unavailable
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries as payments
from marketplace.payments.models import Payment
from marketplace.payments.service import refunds
from marketplace.reconciliation.service import reconcile
from tests.factories import BRIEF, a_person, an_admin

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
DECLINED = "4000000000000002"
REFUND_FAILS = "4000000000005126"


@pytest.fixture
def mia(api):
    """Mia's API client."""
    return api(a_person("Mia"))


def holding(client, offering, at=TEN):
    answer = client.post("/bookings", {"offering_id": str(offering.id), "starts_at": at.isoformat(), "brief": BRIEF})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def paying(client, booking_id):
    """Ask where to pay; the sandbox's checkout."""
    assert client.post(f"/bookings/{booking_id}/pay").status_code == 200
    return the_payment(booking_id).checkout_id


def the_payment(booking_id):
    booking = queries.found(booking_id)
    return payments.one(booking.payment_id)


def booked(client, offering, stripe, at=TEN, card="4242424242424242"):
    booking_id = holding(client, offering, at)
    stripe.pay(paying(client, booking_id), card)
    payment_outcomes.settle_payments()
    heard(stripe, the_payment(booking_id))
    return booking_id


def heard(stripe, payment):
    """Stripe's word of a payment has arrived and was acted on."""
    payment_outcomes.settle_payment(str(payment.id))


def status(client, booking_id):
    return client.get(f"/bookings/{booking_id}").json["status"]


def cancel(client, booking_id):
    refund = client.get(f"/bookings/{booking_id}/cancellation").json["refund"]
    return client.post(f"/bookings/{booking_id}/cancel", {"expected_refund": refund, "reason": "I am ill"})


def charged(stripe):
    """What was taken from cards and not given back, in cents."""
    charges = stripe.read("charges", limit=100)["data"]
    return sum(charge["amount_captured"] - charge["amount_refunded"] for charge in charges)


def books_agree(stripe):
    return balance("stripe", "usd") == stripe.balance_net() and reconcile().agrees


def test_paid_but_stripes_message_never_came_and_the_mentee_cannot_pay_again(mia, offering, stripe, moment, run_jobs):
    booking_id = holding(mia, offering)
    stripe.pay(paying(mia, booking_id))
    assert status(mia, booking_id) == "held"
    # She comes back and asks to pay once more: it is the same page, which is paid.
    mia.post(f"/bookings/{booking_id}/pay")
    assert len(session().scalars(select(Payment)).all()) == 1
    moment.advance(minutes=2)
    payment_outcomes.settle_payments()
    run_jobs()
    assert status(mia, booking_id) == "confirmed"
    assert mia.post(f"/bookings/{booking_id}/pay").status_code == 409
    assert charged(stripe) == 12000
    assert books_agree(stripe)


def test_an_abandoned_payment_booked_again_is_not_confirmed_for_free(mia, offering, stripe, moment, run_jobs):
    abandoned = holding(mia, offering)
    paying(mia, abandoned)
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    run_jobs()
    second = holding(mia, offering)
    moment.advance(minutes=2)
    payment_outcomes.settle_payments()
    run_jobs()
    assert (status(mia, abandoned), status(mia, second)) == ("expired", "held")
    stripe.pay(paying(mia, second))
    heard(stripe, the_payment(second))
    assert (status(mia, abandoned), status(mia, second)) == ("expired", "confirmed")
    assert charged(stripe) == 12000


@pytest.mark.parametrize("by", ["the coach declines", "nobody answers", "the mentee takes it back"])
def test_a_declined_request_does_not_stay_charged(by, api, mia, ada, by_request, stripe, moment, run_jobs):
    booking_id = booked(mia, by_request, stripe)
    assert status(mia, booking_id) == "requested"
    if by == "the coach declines":
        assert api(ada.user).post(f"/bookings/{booking_id}/decline", {"reason": "Away"}).status_code == 200
    elif by == "nobody answers":
        moment.advance(hours=49)
        approvals.lapse_requests()
    else:
        assert cancel(mia, booking_id).status_code == 200
    run_jobs()
    intent = stripe.read(f"payment_intents/{the_payment(booking_id).intent_id}")
    assert (intent["status"], intent["amount_received"]) == ("canceled", 0)
    assert balance("stripe", "usd") == 0


def test_every_seat_of_a_payment_for_several_is_refunded_not_only_the_first(mia, offering, stripe, run_jobs):
    plan = {"offering_id": str(offering.id), "starts_at": TEN.isoformat(), "brief": BRIEF}
    series = mia.post("/series", plan | {"every_weeks": 1, "count": 3, "mode": "all"})
    assert series.status_code == 201, series.json
    sessions = [each["id"] for each in series.json["sessions"]]
    stripe.pay(paying(mia, sessions[0]))
    heard(stripe, the_payment(sessions[0]))
    assert charged(stripe) == 36000
    for number, booking_id in enumerate(sessions, start=1):
        assert cancel(mia, booking_id).status_code == 200
        run_jobs()
        assert charged(stripe) == 36000 - number * 12000
    assert balance("sessions_owed", "usd") == 0
    assert books_agree(stripe)


def test_a_refund_never_silently_does_not_happen(api, mia, offering, stripe, moment, run_jobs, mailbox):
    admin = an_admin()
    booking_id = booked(mia, offering, stripe, card=REFUND_FAILS)
    cancel(mia, booking_id)
    run_jobs()
    (refund,) = payments.refunds_of(the_payment(booking_id).id)
    moment.advance(minutes=2)
    refunds.sync_refund(refund.stripe_id)
    run_jobs()
    assert "A refund did not go through" in [mail["Subject"] for mail in mailbox.to(admin.email)]
    (owed,) = api(admin).get("/admin/refunds").json
    assert (owed["booking_id"], owed["amount_cents"]) == (booking_id, 12000)
    assert balance("sessions_owed", "usd") == 12000
    assert books_agree(stripe)


def test_a_refund_whose_answer_was_lost_is_sent_by_the_sweep(mia, offering, stripe, moment, run_jobs):
    booking_id = booked(mia, offering, stripe)
    stripe.fault("/v1/refunds", "drop_after", method="POST")
    cancel(mia, booking_id)
    with pytest.raises(Unavailable):
        run_jobs()
    moment.advance(minutes=3)
    refunds.resume_refunds()
    run_jobs()
    assert charged(stripe) == 0
    assert [r.status for r in payments.refunds_of(the_payment(booking_id).id)] == ["succeeded"]


def test_rescheduling_does_not_ask_for_payment_again(mia, offering, stripe, run_jobs):
    booking_id = booked(mia, offering, stripe)
    later = TEN + timedelta(hours=3)
    moved = mia.post(f"/bookings/{booking_id}/reschedule", {"starts_at": later.isoformat()})
    assert moved.status_code == 200, moved.json
    run_jobs()
    assert (moved.json["id"], moved.json["status"]) == (booking_id, "confirmed")
    assert mia.post(f"/bookings/{booking_id}/pay").status_code == 409
    assert charged(stripe) == 12000
    assert len(session().scalars(select(Payment)).all()) == 1


def test_a_card_that_failed_never_makes_it_booked(mia, offering, stripe, moment, run_jobs):
    booking_id = holding(mia, offering)
    answer = stripe.pay(paying(mia, booking_id), DECLINED)
    assert "error" in answer
    heard(stripe, the_payment(booking_id))
    run_jobs()
    assert status(mia, booking_id) == "held"
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    run_jobs()
    assert status(mia, booking_id) == "expired"
    assert charged(stripe) == 0


def test_nobody_is_told_to_pay_after_the_payment_has_arrived(mia, offering, stripe, moment, run_jobs, mailbox):
    booking_id = booked(mia, offering, stripe)
    for minutes in (5, 10, 60):
        moment.advance(minutes=minutes)
        hold_expiry.expire_holds()
        payment_outcomes.settle_payments()
        reminders.send_reminders()
        run_jobs()
    subjects = [mail["Subject"] for mail in mailbox.to(mia.get("/me").json["email"])]
    assert sorted(subjects) == [
        "120.00 USD paid: invoice ADA-00001",
        "A new access token was made",
        "Booked: One hour of mentoring with Ada",
    ]
    assert status(mia, booking_id) == "confirmed"


@pytest.mark.parametrize("end", ["the hold lapses", "she gives it back"])
def test_a_payment_link_is_dead_once_the_booking_has_gone(end, mia, offering, stripe, moment, run_jobs):
    booking_id = holding(mia, offering)
    checkout_id = paying(mia, booking_id)
    if end == "the hold lapses":
        moment.advance(minutes=16)
        hold_expiry.expire_holds()
    else:
        assert cancel(mia, booking_id).status_code == 200
    run_jobs()
    assert "error" in stripe.pay(checkout_id)
    assert stripe.read(f"checkout/sessions/{checkout_id}")["status"] == "expired"
    assert mia.post(f"/bookings/{booking_id}/pay").status_code == 409
    assert charged(stripe) == 0


def test_money_that_is_faster_than_the_end_of_its_link_goes_back_in_full(mia, offering, stripe, moment, run_jobs):
    booking_id = holding(mia, offering)
    checkout_id = paying(mia, booking_id)
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    somebody_else = a_person("Ben")
    holds.hold(somebody_else, offering_id=offering.id, starts_at=TEN, brief=BRIEF)
    stripe.pay(checkout_id)
    run_jobs()
    heard(stripe, the_payment(booking_id))
    run_jobs()
    assert status(mia, booking_id) == "expired"
    assert charged(stripe) == 0
    assert balance("sessions_owed", "usd") == 0
    assert books_agree(stripe)
