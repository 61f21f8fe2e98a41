"""What Stripe says of the money decides what becomes of the booking."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from marketplace.bookings import queries, rules
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.coaches.service import offerings
from marketplace.db import session
from marketplace.errors import Conflict
from marketplace.ledger.queries.balances import balances
from marketplace.payments import queries as payments
from marketplace.payments.stripe_gateway import checkouts as stripe_checkouts
from marketplace.payments.stripe_gateway.client import GatewayRefused
from tests.factories import a_booking, a_coach, a_hold, a_payment, a_person, an_offering, open_all_week

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
FEE_OF_120 = 378  # 2.9 % and 0.30, as the sandbox charges


@pytest.fixture
def offering():
    return an_offering(open_all_week(a_coach("ada")))


def state(booking):
    return queries.locked(booking.id).status


def checkout_of(booking):
    return payments.of_subject(booking.id).checkout_id


def test_paying_confirms_and_books_the_money_and_its_fee(mia, offering, stripe):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    assert booking.status == rules.CONFIRMED
    assert booking.payment.status == "paid"
    assert balances() == {
        ("stripe", "usd"): 12000 - FEE_OF_120,
        ("stripe_fees", "usd"): FEE_OF_120,
        ("sessions_owed", "usd"): 12000,
    }
    assert stripe.balance_net() == 12000 - FEE_OF_120


def test_hearing_of_the_payment_again_changes_nothing(mia, offering, stripe, run_jobs, mailbox):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    before = balances()
    for _ in range(3):
        payment_outcomes.settle_payment(str(booking.payment_id))
    run_jobs()
    assert (state(booking), balances()) == (rules.CONFIRMED, before)
    assert len(mailbox.besides_invoices(mia.email)) == 1


def test_both_are_told_each_in_her_own_zone_with_an_invite(mia, offering, stripe, run_jobs, mailbox):
    mia.timezone = "America/New_York"
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    run_jobs()
    (to_mia,) = mailbox.besides_invoices(mia.email)
    (to_ada,) = mailbox.to(offering.coach.user.email)
    assert "05:00-06:00 (New York)" in to_mia.get_body(("plain",)).get_content()
    assert "11:00-12:00 (Berlin)" in to_ada.get_body(("plain",)).get_content()
    (invite,) = [part for part in to_mia.walk() if part.get_content_type() == "text/calendar"]
    assert invite.get_param("method") == "REQUEST"
    assert f"UID:{booking.id}@fairhour" in invite.get_content().replace("\r\n ", "")


def test_a_declined_card_keeps_the_hold_and_says_why(mia, offering, stripe):
    booking = a_payment(mia, a_hold(mia, offering, TOMORROW_AT_TEN), stripe, card="4000000000000002")
    assert booking.status == rules.HELD
    assert booking.payment.status == "pending"
    assert "declined" in booking.payment.failure
    stripe.pay(booking.payment.checkout_id)
    payment_outcomes.settle_payment(str(booking.payment_id))
    assert state(booking) == rules.CONFIRMED


def test_coming_back_from_the_page_proves_nothing(mia, offering, stripe):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    payment_outcomes.settle_payment(str(payments.of_subject(booking.id).id))
    assert state(booking) == rules.HELD


def test_money_that_comes_late_claims_the_time_again_if_it_is_free(mia, offering, stripe, moment):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    stripe.pay(checkout_of(booking))
    payment_outcomes.abandon_payment(str(payments.of_subject(booking.id).id))
    assert state(booking) == rules.CONFIRMED


def test_money_that_comes_too_late_goes_back_in_full_with_the_next_times(
    mia, offering, stripe, moment, run_jobs, mailbox
):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    moment.advance(minutes=16)
    noors = a_hold(a_person("Noor"), offering, TOMORROW_AT_TEN)
    stripe.pay(checkout_of(booking))
    run_jobs()
    assert (state(booking), state(noors)) == (rules.EXPIRED, rules.HELD)
    (refund,) = stripe.read("refunds")["data"]
    assert refund["amount"] == 12000
    assert balances()["sessions_owed", "usd"] == 0
    (mail,) = mailbox.besides_invoices(mia.email)
    assert mail["Subject"] == "Your payment came too late and is refunded to you"
    assert mail.get_body(("plain",)).get_content().count("(Berlin)") == 4


def test_money_that_comes_too_late_for_what_is_not_offered_any_more_names_no_times(
    mia, offering, stripe, moment, run_jobs, mailbox
):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    moment.advance(minutes=16)
    a_hold(a_person("Noor"), offering, TOMORROW_AT_TEN)
    offerings.retire_offering(offering.coach.user, offering_id=offering.id)
    stripe.pay(checkout_of(booking))
    run_jobs()
    (mail,) = mailbox.besides_invoices(mia.email)
    assert mail["Subject"] == "Your payment came too late and is refunded to you"
    said = mail.get_body(("plain",)).get_content()
    assert said.count("(Berlin)") == 1
    assert "/@ada" in said


def test_money_that_goes_back_as_too_late_buys_nothing_when_the_time_is_free_again(
    mia, offering, stripe, moment, run_jobs
):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    moment.advance(minutes=16)
    noor = a_person("Noor")
    noors = a_hold(noor, offering, TOMORROW_AT_TEN)
    stripe.pay(checkout_of(booking))
    payment_id = str(payments.of_subject(booking.id).id)
    payment_outcomes.settle_payment(payment_id)
    cancellations.cancel(noor, booking_id=noors.id, expected_refund_cents=0)
    payment_outcomes.settle_payment(payment_id)
    assert state(booking) == rules.EXPIRED
    run_jobs()
    assert (state(booking), balances()["sessions_owed", "usd"]) == (rules.EXPIRED, 0)


def debited(booking, stripe, bank_account):
    """Paid by a debit of a bank account, which takes days to come or to come back."""
    stripe.pay(checkout_of(booking), bank_account=bank_account)
    payment_outcomes.settle_payment(str(payments.of_subject(booking.id).id))


def test_a_debit_that_arrives_days_later_claims_its_time_again(mia, offering, stripe, moment, run_jobs):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN + timedelta(days=7))
    booking_checkout.pay(mia, booking_id=booking.id)
    debited(booking, stripe, "000123456789")
    moment.advance(days=5)
    payment_outcomes.settle_payments()
    run_jobs()
    assert (state(booking), payments.of_subject(booking.id).status) == (rules.CONFIRMED, "paid")
    assert balances()["sessions_owed", "usd"] == 12000


def test_a_debit_that_comes_back_has_failed_and_is_not_asked_after_for_ever(mia, offering, stripe, moment, run_jobs):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN + timedelta(days=7))
    booking_checkout.pay(mia, booking_id=booking.id)
    debited(booking, stripe, "000222222227")
    moment.advance(days=5)
    hold_expiry.expire_holds()
    payment_outcomes.settle_payments()
    run_jobs()
    assert (state(booking), payments.of_subject(booking.id).status) == (rules.EXPIRED, "failed")
    assert list(payments.unsettled()) == []


@pytest.mark.parametrize(
    ("end", "state_then", "payment_then"), [("paid", rules.CONFIRMED, "paid"), ("lapsed", rules.EXPIRED, "failed")]
)
def test_a_voucher_keeps_its_time_until_it_is_paid_or_lapses(
    mia, offering, stripe, moment, run_jobs, end, state_then, payment_then
):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN + timedelta(days=7))
    booking_checkout.pay(mia, booking_id=booking.id)
    address = f"checkout/{checkout_of(booking)}/voucher"
    stripe.control("POST", address)
    payment_outcomes.settle_payment(str(payments.of_subject(booking.id).id))
    assert payments.of_subject(booking.id).is_settling
    moment.advance(days=2)
    hold_expiry.expire_holds()
    assert state(booking) == rules.HELD
    stripe.control("POST", address, {"end": end})
    payment_outcomes.settle_payments()
    run_jobs()
    assert (state(booking), payments.of_subject(booking.id).status) == (state_then, payment_then)


def test_a_mentee_who_gives_a_time_back_and_pays_all_the_same_is_refunded(mia, offering, stripe, run_jobs):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    stripe.pay(checkout_of(booking))
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=0)
    run_jobs()
    assert state(booking) == rules.CANCELLED
    assert stripe.read("refunds")["data"][0]["amount"] == 12000


def test_a_session_whose_message_never_came_is_found_by_the_sweep(mia, offering, stripe, moment, run_jobs):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    stripe.pay(checkout_of(booking))
    moment.advance(minutes=2)
    payment_outcomes.settle_payments()
    assert "settle_payment" in run_jobs()
    assert state(booking) == rules.CONFIRMED


def test_a_lost_answer_of_the_checkout_is_found_again_when_the_hold_lapses(mia, offering, stripe, moment, run_jobs):
    booking = a_hold(mia, offering, TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=booking.id)
    session().execute(text("update payments set checkout_id = null, checkout_url = null"))
    session().commit()
    moment.advance(minutes=16)
    run_jobs()
    (page,) = stripe.read("checkout/sessions")["data"]
    assert (page["status"], payments.of_subject(booking.id).status) == ("expired", "cancelled")


def test_a_payment_that_pays_for_nothing_of_ours_changes_nothing(mia, offering, stripe):
    booking = a_booking(mia, offering, TOMORROW_AT_TEN, stripe)
    payment_id, booking.payment_id = booking.payment_id, None
    session().commit()
    before = balances()
    payment_outcomes.payment_changed(str(payment_id))
    assert (state(booking), balances()) == (rules.CONFIRMED, before)


class TestByApproval:
    @pytest.fixture
    def asked(self, mia, offering, stripe):
        on_request = an_offering(offering.coach, by_approval=True)
        return a_booking(mia, on_request, TOMORROW_AT_TEN + timedelta(days=3), stripe)

    def test_the_card_is_authorised_and_nothing_taken(self, asked, stripe, moment):
        assert asked.status == rules.REQUESTED
        assert asked.payment.status == "authorized"
        assert asked.decide_by == moment.now + timedelta(hours=48)
        assert balances() == {}
        assert stripe.balance_net() == 0

    def test_hearing_of_it_again_asks_the_coach_once(self, asked, offering, run_jobs, mailbox, moment):
        until = asked.decide_by
        moment.advance(hours=1)
        for _ in range(2):
            payment_outcomes.settle_payment(str(asked.payment_id))
        run_jobs()
        assert (state(asked), queries.locked(asked.id).decide_by) == (rules.REQUESTED, until)
        assert payments.one(asked.payment_id).status == "authorized"
        assert len(mailbox.to(offering.coach.user.email)) == 1

    def test_approving_takes_the_money_and_confirms(self, asked, offering, run_jobs):
        approvals.approve(offering.coach.user, booking_id=asked.id)
        run_jobs()
        assert state(asked) == rules.CONFIRMED
        assert balances()["sessions_owed", "usd"] == 12000

    def test_declining_frees_the_time_and_takes_nothing(self, asked, offering, run_jobs, stripe, mailbox, mia):
        approvals.decline(offering.coach.user, booking_id=asked.id, reason="Not my field.")
        run_jobs()
        assert state(asked) == rules.DECLINED
        assert payments.one(asked.payment_id).status == "cancelled"
        assert stripe.balance_net() == 0
        assert "Not my field." in mailbox.to(mia.email)[-1].get_body(("plain",)).get_content()
        assert a_hold(a_person("Noor"), offering, asked.starts_at).status == rules.HELD

    def test_an_answer_that_never_comes_lapses(self, asked, moment, run_jobs, stripe):
        moment.advance(hours=49)
        approvals.lapse_requests()
        run_jobs()
        assert state(asked) == rules.EXPIRED
        assert payments.one(asked.payment_id).status == "cancelled"

    def test_a_request_is_not_lapsed_early_nor_while_it_is_being_captured(self, asked, offering, moment):
        approvals.lapse_requests()
        moment.advance(hours=48, minutes=-1)
        approvals.approve(offering.coach.user, booking_id=asked.id)
        moment.advance(minutes=30)
        approvals.lapse_requests()
        assert state(asked) == rules.REQUESTED

    def test_a_mentee_withdraws_before_the_answer_and_nothing_is_taken(self, asked, mia, run_jobs, stripe):
        cancellations.cancel(mia, booking_id=asked.id, expected_refund_cents=0)
        run_jobs()
        assert state(asked) == rules.CANCELLED
        assert payments.one(asked.payment_id).status == "cancelled"

    def test_an_authorisation_that_lapsed_before_the_capture_ends_the_request(
        self, asked, offering, moment, run_jobs, stripe
    ):
        approvals.approve(offering.coach.user, booking_id=asked.id)
        moment.advance(days=8)
        run_jobs()
        assert state(asked) == rules.EXPIRED
        assert balances() == {}

    def test_a_capture_whose_job_was_lost_is_taken_up_by_the_sweep(self, asked, offering, moment, run_jobs):
        approvals.approve(offering.coach.user, booking_id=asked.id)
        session().execute(text("delete from procrastinate_jobs"))
        session().commit()
        moment.advance(minutes=5)
        payment_outcomes.settle_payments()
        assert "capture_payment" in run_jobs()
        assert state(asked) == rules.CONFIRMED

    def test_a_capture_that_a_bank_refuses_for_a_while_is_taken_once_it_does_not(
        self, asked, offering, stripe, run_jobs
    ):
        declined = {
            "status": 402,
            "type": "card_error",
            "code": "card_declined",
            "message": "Declined.",
            "stored": True,
        }
        stripe.refuse("/v1/payment_intents/*/capture", **declined)
        approvals.approve(offering.coach.user, booking_id=asked.id)
        with pytest.raises(GatewayRefused):
            run_jobs()
        assert (state(asked), balances()) == (rules.REQUESTED, {})
        run_jobs()
        assert state(asked) == rules.CONFIRMED
        assert balances()["sessions_owed", "usd"] == 12000

    def test_an_authorisation_that_comes_after_the_hold_claims_again_or_is_let_go(
        self, offering, mia, stripe, moment, run_jobs, mailbox
    ):
        on_request = an_offering(offering.coach, by_approval=True)
        first = a_hold(mia, on_request, TOMORROW_AT_TEN)
        booking_checkout.pay(mia, booking_id=first.id)
        moment.advance(minutes=16)
        stripe.pay(checkout_of(first))
        run_jobs()
        assert state(first) == rules.REQUESTED
        second = a_hold(mia, on_request, TOMORROW_AT_TEN + timedelta(hours=1))
        booking_checkout.pay(mia, booking_id=second.id)
        moment.advance(minutes=16)
        a_hold(a_person("Noor"), offering, TOMORROW_AT_TEN + timedelta(hours=1))
        stripe.pay(checkout_of(second))
        run_jobs()
        assert state(second) == rules.EXPIRED
        assert payments.of_subject(second.id).status == "cancelled"
        told = mailbox.to(mia.email)[-1]
        assert told["Subject"] == "Your request came too late, and nothing is taken from your card"
        assert "The next free times" in told.get_body(("plain",)).get_content()
        payment_outcomes.payment_changed(str(second.payment_id or payments.of_subject(second.id).id))
        run_jobs()
        assert mailbox.to(mia.email)[-1] is told

    def test_an_authorisation_of_a_time_that_its_mentee_gave_up_is_let_go_and_said_so(
        self, offering, mia, stripe, run_jobs, mailbox
    ):
        first = a_hold(mia, an_offering(offering.coach, by_approval=True), TOMORROW_AT_TEN)
        booking_checkout.pay(mia, booking_id=first.id)
        stripe.pay(checkout_of(first))
        cancellations.cancel(mia, booking_id=first.id, expected_refund_cents=0)
        run_jobs()
        assert state(first) == rules.CANCELLED
        (told,) = mailbox.to(mia.email)
        assert "after you had given the time up" in told.get_body(("plain",)).get_content()
        assert mailbox.to(offering.coach.user.email) == []

    def test_a_mentee_who_cancels_after_the_approval_and_before_the_capture_pays_nothing(
        self, asked, offering, mia, run_jobs, stripe, mailbox
    ):
        approvals.approve(offering.coach.user, booking_id=asked.id)
        assert cancellations.quote_cancellation(mia, booking_id=asked.id).refund_cents == 0
        cancellations.cancel(mia, booking_id=asked.id, expected_refund_cents=0)
        run_jobs()
        assert state(asked) == rules.CANCELLED
        assert payments.one(asked.payment_id).status == "cancelled"
        assert stripe.read("balance_transactions", limit=10)["data"] == [], "no capture, no refund, no fee"
        assert not any("too late" in mail["Subject"] for mail in mailbox.to(mia.email))

    def test_once_the_capture_has_begun_a_cancellation_is_refused_with_what_it_would_refund(
        self, asked, offering, mia, run_jobs, monkeypatch
    ):
        coach, refusals = offering.coach.user, []

        def cancel_meanwhile(*given):
            for cents in (0, 12000):
                with pytest.raises(Conflict) as refusal:
                    cancellations.cancel(mia, booking_id=asked.id, expected_refund_cents=cents)
                refusals.append((type(refusal.value), refusal.value.details.get("refund_cents")))
            quote = cancellations.quote_cancellation(coach, booking_id=asked.id)
            with pytest.raises(cancellations.CaptureUnderWay):
                cancellations.cancel(coach, booking_id=asked.id, expected_refund_cents=quote.refund_cents)
            return capture(*given)

        capture = stripe_checkouts.capture
        monkeypatch.setattr(stripe_checkouts, "capture", cancel_meanwhile)
        approvals.approve(coach, booking_id=asked.id)
        run_jobs()
        assert refusals == [(cancellations.QuoteChanged, 12000), (cancellations.CaptureUnderWay, None)]
        assert state(asked) == rules.CONFIRMED
        cancellations.cancel(mia, booking_id=asked.id, expected_refund_cents=12000)
        assert state(asked) == rules.CANCELLED

    def test_a_card_whose_authorisation_ended_is_said_to_be_why(self, asked, offering, mia, moment, run_jobs, mailbox):
        approvals.approve(offering.coach.user, booking_id=asked.id)
        moment.advance(days=8)
        run_jobs()
        for whom in (mia, offering.coach.user):
            said = mailbox.to(whom.email)[-1].get_body(("plain",)).get_content()
            assert "authorisation" in said
            assert "without an answer" not in said
            assert "not answered in time" not in said
