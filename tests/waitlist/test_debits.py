"""An offer is paid by a bank debit: Stripe's messages come shuffled, twice, too early and after the hold's end."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from marketplace.bookings import queries as booking_queries
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.waitlist_entries import rules
from marketplace.db import session
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries as payments
from marketplace.stripe_inbox import service as stripe_inbox
from marketplace.waitlist import service
from tests.factories import BRIEF, a_booking, a_coach, a_person, an_offering, weekly_hours
from tests.invariants.conftest import broken
from tests.sandbox import signed
from tests.settings import change

GOOD, EMPTY = "000123456789", "000222222227"
THURSDAY_AT_TEN = datetime(2027, 3, 11, 10, tzinfo=UTC)
OFFERED_AT = datetime(2027, 3, 1, 9, 3, tzinfo=UTC)
DAYS = {"starts_on": date(2027, 3, 10), "ends_on": date(2027, 3, 14)}
OFFER = timedelta(minutes=rules.OFFER_MINUTES)


@pytest.fixture
def offering():
    """One hour in the days that the waitlist is for."""
    coach = a_coach("ada")
    weekly_hours(coach, 3, "11:00", "12:00")
    return an_offering(coach)


@pytest.fixture
def entries(mia, offering, stripe, moment, run_jobs):
    """Mia, and Noor after Mia, who is offered what Otto gave back."""
    booked = a_booking(a_person("Otto"), offering, THURSDAY_AT_TEN, stripe)
    made = []
    for person in (mia, a_person("Noor")):
        moment.advance(minutes=1)
        made.append(service.join(person, offering_id=offering.id, brief=BRIEF, **DAYS))
    cancellations.cancel(booked.mentee, booking_id=booked.id, expected_refund_cents=12000)
    run_jobs()
    assert states(made) == [rules.OFFERED, rules.WAITING]
    # What Stripe said of Otto is older than anything that it says of the offer.
    moment.set(OFFERED_AT)
    return made


def states(made):
    for entry in made:
        session().refresh(entry)
    return [entry.status for entry in made]


def page_of(entry):
    booking_checkout.pay(entry.mentee, booking_id=entry.booking_id)
    return payments.of_subject(entry.booking_id)


def debited(entry, stripe, account=GOOD):
    """Stripe's page is completed; nobody has told us."""
    payment = page_of(entry)
    assert stripe.pay(payment.checkout_id, bank_account=account)["status"] == "processing"
    return payment


def hear(stripe, run_jobs, shuffled, since=OFFERED_AT):
    """Stripe's messages since then, each of them twice and handled twice, in an order of their own."""
    events = [event for event in stripe.events() if event["created"] >= since.timestamp()] * 2
    heard = set()
    shuffled.shuffle(events)
    for event in events:
        stripe_inbox.receive("platform", *signed(event, "whsec_platform_of_the_tests"))
        run_jobs()
        if event["id"] in heard:
            stripe_inbox.replay(event["id"])
        heard.add(event["id"])
    run_jobs()


def now(booking_id):
    return booking_queries.locked(booking_id)


@pytest.mark.parametrize("seed", range(2))
def test_in_whatever_order_it_is_booked_and_paid_once(seed, mia, entries, stripe, moment, run_jobs):
    payment = debited(entries[0], stripe)
    hear(stripe, run_jobs, Random(seed))
    held = now(entries[0].booking_id)
    assert (held.status, held.hold_expires_at) == ("held", THURSDAY_AT_TEN - timedelta(days=1))
    moment.advance(days=4, minutes=1)
    assert states(entries) == [rules.OFFERED, rules.WAITING]
    hear(stripe, run_jobs, Random(seed))
    service.offer_freed()
    assert (now(held.id).status, states(entries)) == ("confirmed", [rules.BOOKED, rules.WAITING])
    assert (payments.one(payment.id).status, balance("sessions_owed", "usd")) == ("paid", 12000)
    assert broken() == set()


def test_the_money_is_heard_of_before_the_debit(entries, stripe, moment, run_jobs):
    debited(entries[0], stripe)
    payment_outcomes.settle_payment(str(payments.of_subject(entries[0].booking_id).id))
    moment.advance(days=4, minutes=1)
    done = [event for event in stripe.events() if event["type"].endswith("succeeded")]
    for event in [*done[::-1], *done, *stripe.events()]:
        stripe_inbox.receive("platform", *signed(event, "whsec_platform_of_the_tests"))
        run_jobs()
        service.offer_freed()
        assert now(entries[0].booking_id).status == "confirmed"
    assert states(entries) == [rules.BOOKED, rules.WAITING]
    assert broken() == set()


def test_a_debit_that_fails_passes_the_time_to_the_next(entries, stripe, moment, run_jobs, mailbox):
    debited(entries[0], stripe, EMPTY)
    hear(stripe, run_jobs, Random(0))
    moment.advance(days=4, minutes=1)
    hear(stripe, run_jobs, Random(0))
    assert states(entries) == [rules.WAITING, rules.OFFERED]
    assert now(entries[1].booking_id).starts_at == THURSDAY_AT_TEN
    hear(stripe, run_jobs, Random(1))
    assert states(entries) == [rules.WAITING, rules.OFFERED]
    assert broken() == set()


def test_a_debit_that_fails_is_no_offer_let_go(mia, entries, stripe, moment, run_jobs, mailbox):
    service.leave(entries[1].mentee, entry_id=entries[1].id)
    for failed in range(1, rules.MISSES + 1):
        begun = moment.now
        debited(entries[0], stripe, EMPTY)
        hear(stripe, run_jobs, Random(0), begun)
        moment.advance(days=4, minutes=1)
        hear(stripe, run_jobs, Random(0), begun)
        assert (states(entries)[0], entries[0].missed) == (rules.OFFERED, 0)
        assert [mail["Subject"] for mail in mailbox.to(mia.email)].count("You are on the waitlist again") == failed
    assert broken() == set()


def test_a_debit_that_is_too_slow_is_no_offer_let_go(entries, stripe, moment, run_jobs):
    change(debit_days=1, debit_hours_before=216)
    debited(entries[0], stripe)
    hear(stripe, run_jobs, Random(0))
    moment.advance(days=1, hours=2)
    hold_expiry.expire_holds()
    run_jobs()
    assert (states(entries), entries[0].missed) == ([rules.WAITING, rules.OFFERED], 0)


def test_given_up_by_the_mentee_while_the_bank_sends_the_money_it_is_let_go(mia, entries, stripe, moment, run_jobs):
    debited(entries[0], stripe)
    hear(stripe, run_jobs, Random(0))
    moment.advance(minutes=1)
    cancellations.cancel(mia, booking_id=entries[0].booking_id, expected_refund_cents=0)
    service.offer_freed()
    assert (states(entries), entries[0].missed) == ([rules.WAITING, rules.OFFERED], 1)


def test_heard_of_after_the_offer_has_gone_to_the_next_it_goes_back(entries, stripe, moment, run_jobs):
    first = entries[0].booking_id
    payment = debited(entries[0], stripe)
    moment.advance(seconds=OFFER.total_seconds())
    hold_expiry.expire_hold(str(first))
    service.offer_freed()
    assert states(entries) == [rules.WAITING, rules.OFFERED]
    hear(stripe, run_jobs, Random(2))
    assert (now(first).status, states(entries)) == ("expired", [rules.WAITING, rules.OFFERED])
    second = page_of(entries[1])
    stripe.pay(second.checkout_id)
    hear(stripe, run_jobs, Random(2))
    service.offer_freed()
    assert (now(entries[1].booking_id).status, states(entries)[1]) == ("confirmed", rules.BOOKED)
    moment.advance(days=4, minutes=1)
    hear(stripe, run_jobs, Random(2))
    assert (now(first).status, now(first).refunded_cents) == ("expired", 12000)
    assert [refund.amount_cents for refund in payments.refunds_of(payment.id)] == [12000]
    assert broken() == set()


@pytest.mark.parametrize("asked_again", [False, True], ids=["held again", "on the page again"])
@pytest.mark.parametrize("by", ["debit", "card"])
def test_offered_again_what_is_paid_need_not_be_paid_again(by, asked_again, mia, entries, stripe, moment, run_jobs):
    service.leave(entries[1].mentee, entry_id=entries[1].id)
    first = entries[0].booking_id
    payment = debited(entries[0], stripe) if by == "debit" else page_of(entries[0])
    if by == "card":
        stripe.pay(payment.checkout_id)
    moment.advance(seconds=OFFER.total_seconds())
    hold_expiry.expire_hold(str(first))
    service.offer_freed()
    assert states(entries)[0] == rules.OFFERED
    second = entries[0].booking_id
    assert second != first
    if asked_again:
        page_of(entries[0])
    hear(stripe, run_jobs, Random(3))
    assert (now(first).status, now(second).status) == ("held" if by == "debit" else "confirmed", "expired")
    moment.advance(days=4, minutes=1)
    hear(stripe, run_jobs, Random(3))
    service.offer_freed()
    assert (now(first).status, now(first).refunded_cents) == ("confirmed", 0)
    assert (states(entries)[0], entries[0].booking_id) == (rules.BOOKED, first)
    assert balance("sessions_owed", "usd") == 12000
    assert broken() == set()
