"""Cancelling, answering requests, completing, releasing what was earned."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings import queries, rules
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.approvals.service import AlreadyDecided, NotYourRequest
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.cancellations.service import AlreadyEnded, TooLateToCancel
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.completions.service import NotOverYet, SessionNotConfirmed
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.listings import queries as booking_listings
from marketplace.errors import NotAllowed, NotFound
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.balances import balance, balances
from tests.factories import a_booking, a_hold, a_person, an_admin, an_offering

IN_THREE_DAYS = datetime(2027, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def booked(mia, ada, stripe):
    return a_booking(mia, an_offering(ada), IN_THREE_DAYS, stripe)


@pytest.mark.parametrize(
    ("hours_before", "refund_cents", "coach_cents", "fee_cents"),
    [(30, 12000, 0, 0), (10, 6000, 5400, 600), (2, 0, 10800, 1200)],
)
def test_what_comes_back_and_what_is_kept_add_up_in_the_ledger(
    mia, ada, booked, moment, run_jobs, stripe, hours_before, refund_cents, coach_cents, fee_cents
):
    moment.set(IN_THREE_DAYS - timedelta(hours=hours_before))
    assert cancellations.quote_cancellation(mia, booking_id=booked.id).refund_cents == refund_cents
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=refund_cents)
    run_jobs()
    moment.set(IN_THREE_DAYS + timedelta(days=4))
    earnings.release_earnings()
    assert balance(ledger_accounts.coach(ada.id), "usd") == coach_cents
    assert balance(ledger_accounts.REVENUE, "usd") == fee_cents
    assert balance(ledger_accounts.SESSIONS_OWED, "usd") == 0
    assert balance(ledger_accounts.STRIPE, "usd") == stripe.balance_net()


def test_when_the_coach_cancels_everything_goes_back_and_both_are_told(
    mia, ada, booked, moment, run_jobs, stripe, mailbox
):
    moment.set(IN_THREE_DAYS - timedelta(hours=1))
    cancellations.cancel(ada.user, booking_id=booked.id, expected_refund_cents=12000, reason="I am ill.")
    run_jobs()
    assert stripe.read("refunds")["data"][0]["amount"] == 12000
    mail = mailbox.besides_invoices(mia.email)[-1]
    body = mail.get_body(("plain",)).get_content()
    assert "120.00 USD is refunded" in body
    assert "I am ill." in body
    (cancellation,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert cancellation.get_param("method") == "CANCEL"
    assert "SEQUENCE:1" in cancellation.get_content()


def test_a_refund_other_than_the_one_shown_is_not_made(mia, booked, moment):
    moment.set(IN_THREE_DAYS - timedelta(hours=10))
    with pytest.raises(cancellations.QuoteChanged) as refusal:
        cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
    assert refusal.value.details["refund_cents"] == 6000
    assert queries.locked(booked.id).status == rules.CONFIRMED


def test_cancelling_twice_refunds_once(mia, booked, run_jobs, stripe):
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
    with pytest.raises(AlreadyEnded):
        cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
    run_jobs()
    assert len(stripe.read("refunds")["data"]) == 1


def test_a_cancelled_time_can_be_booked_again(mia, ada, booked):
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
    assert a_hold(a_person("Noor"), an_offering(ada), IN_THREE_DAYS).status == rules.HELD


def test_a_mentee_cannot_cancel_what_has_begun_but_the_coach_can(mia, ada, booked, moment):
    moment.set(IN_THREE_DAYS)
    with pytest.raises(TooLateToCancel):
        cancellations.quote_cancellation(mia, booking_id=booked.id)
    assert cancellations.quote_cancellation(ada.user, booking_id=booked.id).refund_cents == 12000


def test_strangers_and_admins_do_not_cancel(booked):
    with pytest.raises(NotFound):
        cancellations.cancel(a_person("Noor"), booking_id=booked.id, expected_refund_cents=12000)
    with pytest.raises(NotAllowed):
        cancellations.cancel(an_admin(), booking_id=booked.id, expected_refund_cents=12000)


def test_giving_a_held_time_back_costs_nothing(mia, ada, run_jobs, stripe):
    booking = a_hold(mia, an_offering(ada), IN_THREE_DAYS)
    booking_checkout.pay(mia, booking_id=booking.id)
    assert cancellations.quote_cancellation(mia, booking_id=booking.id).why == "Nothing was paid yet."
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=0)
    run_jobs()
    assert stripe.read("checkout/sessions")["data"][0]["status"] == "expired"


@pytest.mark.parametrize("answer", [approvals.approve, approvals.decline])
def test_only_the_coach_answers_an_open_request(mia, ada, booked, answer):
    mentee, coach = mia, ada.user
    with pytest.raises(NotYourRequest):
        answer(mentee, booking_id=booked.id)
    with pytest.raises(AlreadyDecided):
        answer(coach, booking_id=booked.id)


def test_a_coach_declines_a_request_instead_of_cancelling_it(mia, ada, stripe):
    asked = a_booking(mia, an_offering(ada, by_approval=True), IN_THREE_DAYS, stripe)
    coach = ada.user
    assert cancellations.quote_cancellation(mia, booking_id=asked.id).why == "Nothing was taken from your card yet."
    with pytest.raises(AlreadyDecided):
        cancellations.cancel(coach, booking_id=asked.id, expected_refund_cents=0)


def test_a_session_is_completed_when_it_is_over(mia, ada, booked, moment, run_jobs, mailbox):
    coach = ada.user
    moment.set(booked.ends_at - timedelta(minutes=1))
    with pytest.raises(NotOverYet):
        completions.complete(coach, booking_id=booked.id, outcome=rules.TOOK_PLACE)
    moment.advance(minutes=1)
    done = completions.complete(coach, booking_id=booked.id, outcome=rules.TOOK_PLACE)
    assert (done.status, done.outcome) == (rules.COMPLETED, rules.TOOK_PLACE)
    run_jobs()
    assert "marked as held" in mailbox.besides_invoices(mia.email)[-1].get_body(("plain",)).get_content()
    with pytest.raises(SessionNotConfirmed):
        completions.complete(coach, booking_id=booked.id, outcome=rules.TOOK_PLACE)


def test_only_the_coach_completes(mia, booked, moment):
    mentee = mia
    moment.set(booked.ends_at)
    with pytest.raises(NotAllowed):
        completions.complete(mentee, booking_id=booked.id, outcome=rules.TOOK_PLACE)


def test_a_session_nobody_marked_completes_itself_after_a_day(booked, moment):
    moment.set(booked.ends_at + timedelta(hours=23))
    completions.complete_sessions()
    assert queries.locked(booked.id).status == rules.CONFIRMED
    moment.advance(hours=1)
    completions.complete_sessions()
    assert queries.locked(booked.id).outcome == rules.TOOK_PLACE


def test_what_the_coach_marked_while_the_sweep_looked_stays_as_she_marked_it(booked, ada, moment):
    moment.set(booked.ends_at)
    completions.complete(ada.user, booking_id=booked.id, outcome=rules.MENTEE_NO_SHOW)
    moment.advance(hours=24)
    completions._complete_unmarked(booked.id)
    assert queries.locked(booked.id).outcome == rules.MENTEE_NO_SHOW


def test_a_mentee_who_did_not_come_pays_for_the_hour(mia, ada, booked, moment):
    moment.set(booked.starts_at + timedelta(minutes=15))
    completions.complete(ada.user, booking_id=booked.id, outcome=rules.MENTEE_NO_SHOW)
    moment.advance(days=4)
    earnings.release_earnings()
    assert balance(ledger_accounts.coach(ada.id), "usd") == 10800


class TestRelease:
    @pytest.fixture
    def held(self, booked, ada, moment):
        moment.set(booked.ends_at)
        return completions.complete(ada.user, booking_id=booked.id, outcome=rules.TOOK_PLACE)

    def test_earnings_wait_for_the_dispute_window(self, held, ada, moment):
        moment.set(held.ends_at + timedelta(hours=47))
        earnings.release_earnings()
        assert balance(ledger_accounts.coach(ada.id), "usd") == 0
        assert earning_queries.earned_but_not_released(ada.id).cents == {"usd": 10800}
        moment.advance(hours=1)
        earnings.release_earnings()
        assert balance(ledger_accounts.coach(ada.id), "usd") == 10800
        assert earning_queries.earned_but_not_released(ada.id).cents == {}

    def test_releasing_again_books_nothing_twice(self, held, moment):
        moment.advance(days=3)
        earnings.release_earnings()
        before = balances()
        assert earnings.release(held.id) is False
        assert balances() == before

    def test_money_that_has_not_settled_is_not_payable(self, held, moment, ada):
        held.payment.available_on = moment.now + timedelta(days=9)
        moment.advance(days=5)
        assert earnings.release(held.id) is False


def test_somebodys_sessions_come_in_pages_next_first(mia, ada, stripe, moment):
    offering = an_offering(ada)
    made = [a_booking(mia, offering, IN_THREE_DAYS + timedelta(days=n), stripe) for n in range(3)]
    first = booking_listings.page_for(mia, as_coach=False, past=False, limit=2)
    assert [b.id for b in first.bookings] == [b.id for b in made[:2]]
    second = booking_listings.page_for(mia, as_coach=False, past=False, after=first.after, limit=2)
    assert ([b.id for b in second.bookings], second.after) == ([made[2].id], None)
    moment.advance(days=30)
    past = booking_listings.page_for(ada.user, as_coach=True, past=True, limit=2)
    assert [b.id for b in past.bookings] == [made[2].id, made[1].id]
    rest = booking_listings.page_for(ada.user, as_coach=True, past=True, after=past.after, limit=2)
    assert [b.id for b in rest.bookings] == [made[0].id]
    with pytest.raises(NotFound):
        booking_listings.page_for(mia, as_coach=False, past=False, after=mia.id)
