"""Paid by bank debit: the time is kept while the money is under way, and no longer than it may be."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace import clock
from marketplace.bookings import queries
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.holds import service as holds
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.series import service as booking_series
from marketplace.db import session
from marketplace.ledger.queries.balances import balance
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from tests.factories import BRIEF, a_hold, a_payment, a_person
from tests.invariants.conftest import broken
from tests.settings import change

GOOD, EMPTY = "000123456789", "000222222227"
IN_TEN_DAYS = datetime(2027, 3, 11, 10, tzinfo=UTC)
IN_FIVE_DAYS = IN_TEN_DAYS - timedelta(days=5)
A_DAY_BEFORE = IN_TEN_DAYS - timedelta(days=1)


@pytest.fixture
def ben():
    return a_person("Ben")


@pytest.fixture
def held(mia, offering, stripe):
    return a_hold(mia, offering, IN_TEN_DAYS)


def asked_of(booking, mentee, stripe, account=GOOD):
    """The page is complete and the bank is asked; the answer of the sandbox."""
    booking_checkout.pay(mentee, booking_id=booking.id)
    return stripe.pay(payment_of(booking).checkout_id, bank_account=account)


def payment_of(booking):
    return payments.of_subject(booking.series_id or booking.id)


def debited(booking, mentee, stripe, account=GOOD):
    """The bank is asked, and we have heard of it."""
    assert asked_of(booking, mentee, stripe, account)["status"] == "processing"
    payment_outcomes.settle_payment(str(payment_of(booking).id))
    return queries.locked(booking.id)


def days_pass(moment, booking, days=4):
    """The bank has answered, and we have heard of that too."""
    moment.advance(days=days, minutes=1)
    payment_outcomes.settle_payment(str(payment_of(booking).id))
    return queries.locked(booking.id)


@pytest.fixture
def kept(held, mia, stripe):
    return debited(held, mia, stripe)


def test_a_debit_keeps_the_time_until_its_money_is_here(kept, ben, offering, stripe, moment, run_jobs, mailbox):
    assert (kept.status, kept.hold_expires_at) == ("held", A_DAY_BEFORE)
    moment.advance(days=3)
    hold_expiry.expire_holds()
    run_jobs()
    assert broken() == set()
    with pytest.raises(holds.SlotTaken):
        a_hold(ben, offering, IN_TEN_DAYS)
    assert balance("sessions_owed", "usd") == 0
    booked = days_pass(moment, kept)
    run_jobs()
    assert booked.status == "confirmed"
    assert balance("sessions_owed", "usd") == 12000
    assert next(mail["subject"] for mail in mailbox) == "The bank is sending the money for One hour of mentoring"
    assert "Booked: One hour of mentoring with Ada" in [mail["subject"] for mail in mailbox]
    assert broken() == set()


def test_a_debit_that_fails_frees_the_time_and_says_why(held, mia, ben, offering, stripe, moment, run_jobs):
    kept = debited(held, mia, stripe, EMPTY)
    moment.advance(days=3)
    ended = days_pass(moment, kept)
    assert (ended.status, ended.end_reason) == ("expired", "debit_failed")
    text = session().scalars(select(Message.text).where(Message.key.startswith("debit-failed:"))).one()
    assert "There is not enough money in the account." in text
    assert "customer's account" not in text
    assert a_hold(ben, offering, IN_TEN_DAYS).status == "held"
    run_jobs()
    assert broken() == set()
    assert balance("sessions_owed", "usd") == 0


def test_a_session_that_begins_too_soon_is_paid_by_card(mia, offering, stripe, browser_of):
    soon = a_hold(mia, offering, IN_FIVE_DAYS)
    assert "error" in asked_of(soon, mia, stripe)
    assert payment_of(soon).card_only
    assert "It begins too soon for a bank debit" in browser_of(mia).get(f"/sessions/{soon.id}").text
    assert a_payment(mia, soon, stripe).status == "confirmed"


@pytest.fixture
def slow(mia, offering, stripe):
    """A debit that takes four days although we count on one, for a time that is kept for two."""
    change(debit_days=1, debit_hours_before=72)
    return debited(a_hold(mia, offering, IN_FIVE_DAYS), mia, stripe)


def too_late(booking, moment, run_jobs):
    moment.advance(days=2, hours=2)
    hold_expiry.expire_holds()
    run_jobs()
    payment_outcomes.settle_payment(str(booking.payment_id))
    assert queries.locked(booking.id).status == "expired"


def test_the_time_is_never_kept_until_the_session(slow, ben, offering, stripe, moment, run_jobs, mailbox):
    too_late(slow, moment, run_jobs)
    run_jobs()
    assert [mail["subject"] for mail in mailbox][-1] == "The bank was too slow for One hour of mentoring"
    assert a_payment(ben, a_hold(ben, offering, IN_FIVE_DAYS), stripe).status == "confirmed"
    late = days_pass(moment, slow)
    run_jobs()
    assert (late.status, late.refunded_cents) == ("expired", 12000)
    assert [refund.amount_cents for refund in payments.refunds_of(late.payment_id)] == [12000]
    assert broken() == set()


def test_money_that_is_late_still_buys_a_time_that_nobody_took(slow, moment, run_jobs):
    too_late(slow, moment, run_jobs)
    assert days_pass(moment, slow, days=2).status == "confirmed"


def test_a_hold_that_lapsed_before_we_heard_of_the_debit_is_kept_again(held, mia, stripe, moment):
    asked_of(held, mia, stripe)
    moment.advance(minutes=16)
    hold_expiry.expire_hold(str(held.id))
    assert queries.locked(held.id).status == "expired"
    payment_outcomes.abandon_payment(str(payment_of(held).id))
    again = queries.locked(held.id)
    assert (again.status, again.hold_expires_at, again.ended_at) == ("held", A_DAY_BEFORE, None)


def test_a_time_that_is_kept_is_no_hold_of_the_two(kept, mia, offering):
    for hours in (2, 4):
        a_hold(mia, offering, IN_TEN_DAYS + timedelta(hours=hours))
    with pytest.raises(holds.TooManyHolds):
        a_hold(mia, offering, IN_TEN_DAYS + timedelta(hours=6))


def test_nothing_is_paid_twice_while_the_bank_is_at_it(kept, mia):
    with pytest.raises(booking_checkout.DebitUnderWay):
        booking_checkout.pay(mia, booking_id=kept.id)


def test_heard_of_twice_it_is_told_once(kept, stripe, run_jobs, mailbox):
    for _ in range(2):
        payment_outcomes.settle_payment(str(kept.payment_id))
    run_jobs()
    assert [mail["subject"] for mail in mailbox] == ["The bank is sending the money for One hour of mentoring"]


@pytest.mark.parametrize("who", ["the mentee", "the coach"])
def test_given_back_while_the_bank_is_at_it_the_money_goes_back(who, kept, mia, ada, stripe, moment, run_jobs, mailbox):
    actor = mia if who == "the mentee" else ada.user
    cancellations.cancel(actor, booking_id=kept.id, expected_refund_cents=0)
    run_jobs()
    assert queries.locked(kept.id).status == "cancelled"
    told = "Ada has cancelled One hour of mentoring" in [mail["subject"] for mail in mailbox]
    assert told == (who == "the coach")
    ended = days_pass(moment, kept)
    run_jobs()
    assert (ended.status, ended.refunded_cents) == ("cancelled", 12000)
    assert [refund.total_cents for refund in payments.refunds_of(ended.payment_id)] == [12000]
    assert broken() == set()


def test_a_series_is_kept_until_a_day_before_its_first_session(mia, offering, stripe, moment, run_jobs):
    wanted = {"starts_at": IN_TEN_DAYS, "every_weeks": 1, "count": 2, "brief": BRIEF}
    first, second = booking_series.hold_series(mia, offering_id=offering.id, **wanted)
    debited(first, mia, stripe)
    assert {queries.locked(each.id).hold_expires_at for each in (first, second)} == {A_DAY_BEFORE}
    days_pass(moment, first)
    run_jobs()
    assert {queries.locked(each.id).status for each in (first, second)} == {"confirmed"}


def test_page_and_api_say_that_the_bank_is_at_it(kept, mia, ada, api, browser_of):
    page = browser_of(mia).get(f"/sessions/{kept.id}?paid=1").text
    assert "The bank is sending the money; we keep this time for you until" in page
    assert "Pay 120.00" not in page
    assert "Release this time" in page
    told = api(mia).get(f"/bookings/{kept.id}").json
    assert (told["status"], told["payment"]["status"]) == ("held", "pending")
    assert datetime.fromisoformat(told["hold_expires_at"]) == A_DAY_BEFORE
    assert datetime.fromisoformat(told["payment"]["settling_since"]) == clock.now()
    assert "The bank is sending the money" in browser_of(ada.user).get(f"/sessions/{kept.id}").text
