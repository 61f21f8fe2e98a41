"""Our fee falls once a mentee has paid a coach enough: what was kept counts, and what came back does not."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings import queries, rules
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.earnings import queries as earning_queries
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.series import rules as series_rules
from marketplace.bookings.series import service as booking_series
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes as payment_disputes
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_person, an_admin, an_offering, open_all_week

TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
USUAL, LOYAL = 1000, 700


@pytest.fixture
def sold(mia, ada, stripe):
    """A session for so much, booked and paid."""

    def for_cents(cents, *, mentee=mia, coach=ada, starts_at=TEN):
        return a_booking(mentee, an_offering(coach, price_cents=cents), starts_at, stripe)

    return for_cents


def ended(booking, moment, outcome=rules.TOOK_PLACE):
    moment.set(booking.ends_at)
    return completions.complete(booking.coach.user, booking_id=booking.id, outcome=outcome)


def cancelled(booking, by, moment, *, hours_before):
    moment.set(booking.starts_at - timedelta(hours=hours_before))
    quote = cancellations.quote_cancellation(by, booking_id=booking.id)
    return cancellations.cancel(by, booking_id=booking.id, expected_refund_cents=quote.refund_cents)


def fee_of_the_next(mentee, coach, moment):
    """What a session booked after all this would carry, as its own row says."""
    moment.set(TEN + timedelta(days=40))
    return a_hold(mentee, an_offering(coach), TEN + timedelta(days=42)).fee_basis_points


@pytest.mark.parametrize(("cents", "fee"), [(49_999, USUAL), (50_000, LOYAL), (50_001, LOYAL)])
def test_the_fee_falls_when_the_threshold_is_reached_to_the_cent(mia, ada, sold, moment, cents, fee):
    ended(sold(cents), moment)
    assert fee_of_the_next(mia, ada, moment) == fee


@pytest.mark.parametrize(
    ("hours_before", "cents", "fee"),
    [(2, 49_999, USUAL), (2, 50_000, LOYAL), (10, 99_998, USUAL), (10, 100_000, LOYAL), (30, 200_000, USUAL)],
)
def test_what_was_kept_of_a_late_cancellation_counts(mia, ada, sold, moment, hours_before, cents, fee):
    cancelled(sold(cents), mia, moment, hours_before=hours_before)
    assert fee_of_the_next(mia, ada, moment) == fee


def test_a_session_to_which_the_mentee_did_not_come_counts(mia, ada, sold, moment):
    ended(sold(50_000), moment, rules.MENTEE_NO_SHOW)
    assert fee_of_the_next(mia, ada, moment) == LOYAL


def test_held_sessions_and_what_was_kept_of_others_add_up(mia, ada, sold, moment):
    ended(sold(30_000), moment)
    cancelled(sold(20_000, starts_at=TEN + timedelta(days=3)), mia, moment, hours_before=10)
    assert earning_queries.paid_between(mia.id, ada.id, "usd") == 40_000
    cancelled(sold(10_000, starts_at=TEN + timedelta(days=6)), mia, moment, hours_before=1)
    assert fee_of_the_next(mia, ada, moment) == LOYAL


def test_a_session_that_its_coach_cancels_does_not_count(mia, ada, sold, moment):
    cancelled(sold(50_000), ada.user, moment, hours_before=1)
    assert fee_of_the_next(mia, ada, moment) == USUAL


def test_a_session_that_is_still_ahead_does_not_count_yet(mia, ada, sold):
    sold(50_000)
    assert earning_queries.paid_between(mia.id, ada.id, "usd") == 0


@pytest.mark.parametrize("pays", [False, True])
def test_a_time_given_up_before_it_was_paid_does_not_count(mia, ada, moment, stripe, pays):
    held = a_hold(mia, an_offering(ada, price_cents=50_000), TEN)
    if pays:
        booking_checkout.pay(mia, booking_id=held.id)
    cancellations.cancel(mia, booking_id=held.id, expected_refund_cents=0)
    assert fee_of_the_next(mia, ada, moment) == USUAL


def test_money_that_came_after_its_time_was_given_up_does_not_count(mia, ada, moment, stripe, run_jobs):
    held = a_hold(mia, an_offering(ada, price_cents=50_000), TEN)
    booking_checkout.pay(mia, booking_id=held.id)
    payment = payments.of_subject(held.id)
    cancellations.cancel(mia, booking_id=held.id, expected_refund_cents=0)
    stripe.pay(payment.checkout_id)
    payment_outcomes.settle_payment(str(payment.id))
    run_jobs()
    assert [refund["amount"] for refund in stripe.read("refunds")["data"]] == [50_000]
    assert fee_of_the_next(mia, ada, moment) == USUAL


@pytest.mark.parametrize(
    ("back", "paid_by", "fee"), [(10_000, "coach", LOYAL), (10_001, "split", USUAL), (60_000, "platform", USUAL)]
)
def test_what_an_admin_gives_back_does_not_count(mia, ada, sold, moment, back, paid_by, fee):
    booking = ended(sold(60_000), moment)
    goodwill_refunds.refund(
        an_admin(),
        booking_id=booking.id,
        cents=back,
        paid_by=paid_by,
        reason="Noise.",
        expected_refundable_cents=60_000,
    )
    assert fee_of_the_next(mia, ada, moment) == fee


@pytest.mark.parametrize(("outcome", "fee"), [("lost", USUAL), ("won", LOYAL)])
@pytest.mark.parametrize("held", [True, False])
def test_what_a_dispute_takes_does_not_count(mia, ada, sold, moment, stripe, outcome, fee, held):
    booking = sold(50_000)
    if held:
        ended(booking, moment)
    else:
        cancelled(booking, mia, moment, hours_before=1)
    dispute = stripe.dispute(booking.payment.charge_id)["id"]
    for decide in (None, outcome):
        if decide:
            stripe.decide(dispute, decide)
        payment_disputes.sync_dispute(dispute)
        booking_disputes.dispute_changed(dispute)
    assert fee_of_the_next(mia, ada, moment) == fee


def test_the_sessions_of_a_series_count_one_by_one(mia, ada, moment, stripe):
    starts = {"starts_at": TEN, "every_weeks": 1, "count": 3, "brief": BRIEF, "mode": series_rules.ALL}
    series = booking_series.hold_series(mia, offering_id=an_offering(ada, price_cents=25_000).id, **starts)
    booking_checkout.pay(mia, booking_id=series[0].id)
    payment = payments.of_subject(series[0].series_id)
    stripe.pay(payment.checkout_id)
    payment_outcomes.settle_payment(str(payment.id))
    first, second, third = (queries.locked(booking.id) for booking in series)
    assert {first.fee_basis_points, second.fee_basis_points, third.fee_basis_points} == {USUAL}
    ended(first, moment)
    assert earning_queries.paid_between(mia.id, ada.id, "usd") == 25_000
    cancelled(second, mia, moment, hours_before=10)
    assert earning_queries.paid_between(mia.id, ada.id, "usd") == 37_500
    ended(third, moment, rules.MENTEE_NO_SHOW)
    assert earning_queries.paid_between(mia.id, ada.id, "usd") == 62_500
    assert fee_of_the_next(mia, ada, moment) == LOYAL


@pytest.mark.parametrize(("yen", "fee"), [(74_999, USUAL), (75_000, LOYAL)])
def test_the_threshold_is_of_whole_yen_where_there_is_nothing_smaller(mia, sold, moment, yen, fee):
    kenji = open_all_week(a_coach("kenji", currency="jpy"))
    cancelled(sold(yen, coach=kenji), mia, moment, hours_before=1)
    assert fee_of_the_next(mia, kenji, moment) == fee


def test_each_currency_is_counted_alone(mia, ada, sold, moment):
    ended(sold(30_000), moment)
    ada.currency = "eur"
    ended(sold(30_000, starts_at=TEN + timedelta(days=1)), moment)
    assert [earning_queries.paid_between(mia.id, ada.id, currency) for currency in ("usd", "eur")] == [30_000, 30_000]
    assert fee_of_the_next(mia, ada, moment) == USUAL


def test_each_pair_is_counted_alone(mia, ada, sold, moment):
    noor, bob = a_person("Noor"), open_all_week(a_coach("bob"))
    ended(sold(50_000), moment)
    ended(sold(20_000, coach=bob, starts_at=TEN + timedelta(days=1)), moment)
    assert fee_of_the_next(noor, ada, moment) == USUAL
    assert fee_of_the_next(mia, bob, moment) == USUAL
