"""An admin gives back more than the policy: before and after the release, at the cost of whom she chooses."""

from datetime import UTC, datetime

import pytest

from marketplace.bookings import queries
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.errors import Invalid, NotFound
from marketplace.invariants import queries as invariant_queries
from marketplace.invariants.rules import ledger
from marketplace.invariants.rules import payments as payment_invariants
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries as payment_queries
from marketplace.payments.service import disputes as payment_disputes
from marketplace.reconciliation.service import reconcile
from tests.factories import a_booking, an_admin, an_offering

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
INVARIANTS = (*ledger.INVARIANTS, *payment_invariants.INVARIANTS)


@pytest.fixture
def booked(mia, ada, stripe):
    return a_booking(mia, an_offering(ada), TEN, stripe)


def ended(booking, ada, moment):
    moment.set(booking.ends_at)
    completions.complete(ada.user, booking_id=booking.id, outcome="took_place")


def released(moment):
    moment.advance(days=8)
    earnings.release_earnings()


def given(alma, booking, cents, paid_by, reason="The line broke down."):
    left = goodwill_refunds.refundable_cents(alma, booking_id=booking.id)
    return goodwill_refunds.refund(
        alma, booking_id=booking.id, cents=cents, paid_by=paid_by, reason=reason, expected_refundable_cents=left
    )


def of(booking):
    return balance(f"coach:{booking.coach_id}", "usd"), balance("revenue", "usd"), balance("sessions_owed", "usd")


def agrees(stripe):
    assert [
        (found.invariant.name, found.offenders)
        for found in invariant_queries.evaluate(INVARIANTS, settled=True)
        if found.count
    ] == []
    return balance("stripe", "usd") == stripe.balance_net() and reconcile().agrees


@pytest.mark.parametrize("when", ["before the release", "after the release"])
@pytest.mark.parametrize(
    ("cents", "paid_by", "coach", "revenue"),
    [
        (6000, "split", 5400, 600),
        (6000, "platform", 10800, -4800),
        (6000, "coach", 4800, 1200),
        (10800, "coach", 0, 1200),
        (12000, "split", 0, 0),
        (12000, "platform", 10800, -10800),
        (1, "split", 10799, 1200),
    ],
)
def test_each_side_bears_its_part(booked, alma, ada, stripe, moment, run_jobs, when, cents, paid_by, coach, revenue):
    ended(booked, ada, moment)
    if when == "after the release":
        released(moment)
    shown = goodwill_refunds.preview(alma, booking_id=booked.id, cents=cents, paid_by=paid_by)
    given(alma, booked, cents, paid_by)
    run_jobs()
    if when == "before the release":
        released(moment)
    assert of(booked) == (coach, revenue, 0)
    assert (shown.coach_after_cents, shown.fee_after_cents) == (coach, revenue)
    assert shown.coach_cents + shown.platform_cents == cents
    assert [r.status for r in payment_queries.refunds_of(booked.payment_id)] == ["succeeded"]
    assert agrees(stripe)


def test_refunds_add_up_until_nothing_is_left(booked, alma, ada, stripe, moment, run_jobs):
    ended(booked, ada, moment)
    given(alma, booked, 2000, "platform")
    given(alma, booked, 3000, "coach")
    released(moment)
    given(alma, booked, 7000, "split")
    run_jobs()
    assert balance("sessions_owed", "usd") == 0
    assert queries.locked(booked.id).refunded_cents == 12000
    with pytest.raises(goodwill_refunds.NothingRefundable):
        goodwill_refunds.refundable_cents(alma, booking_id=booked.id)
    assert agrees(stripe)


@pytest.mark.parametrize(
    ("cents", "paid_by", "field"), [(12001, "split", "refund"), (0, "split", "refund"), (10801, "coach", "paid_by")]
)
def test_what_is_too_much_is_refused_naming_the_field(booked, alma, cents, paid_by, field):
    with pytest.raises(Invalid) as refused:
        given(alma, booked, cents, paid_by)
    assert list(refused.value.fields) == [field]
    assert payment_queries.refunds_of(booked.payment_id) == []


def test_two_admins_at_once_give_back_once(booked, alma):
    other = an_admin("Otto")
    about = {"booking_id": booked.id, "cents": 6000, "paid_by": "split", "reason": "Both saw the same page."}
    goodwill_refunds.refund(alma, expected_refundable_cents=12000, **about)
    with pytest.raises(goodwill_refunds.RefundableChanged):
        goodwill_refunds.refund(other, expected_refundable_cents=12000, **about)
    assert [r.amount_cents for r in payment_queries.refunds_of(booked.payment_id)] == [6000]


def test_nobody_else_gives_anything_back(booked, ada, mia):
    for person in (ada.user, mia):
        with pytest.raises(NotFound):
            goodwill_refunds.refundable_cents(person, booking_id=booked.id)


def test_both_are_told_what_it_means_for_them(booked, alma, ada, mia, run_jobs, mailbox):
    given(alma, booked, 6000, "coach", reason="Ada was late by half an hour.")
    run_jobs()
    (mentees,) = [mail for mail in mailbox.to(mia.email) if "is refunded" in mail["Subject"]]
    (coachs,) = [mail for mail in mailbox.to(ada.user.email) if "is refunded" in mail["Subject"]]
    assert mentees["Subject"] == "60.00 USD is refunded to you"
    told = coachs.get_body(("plain",)).get_content()
    assert "60.00 USD of it comes out of your share; 48.00 USD of the session is to be yours." in told
    for mail in (mentees, coachs):
        assert "Why:\r\nAda was late by half an hour." in mail.get_body(("plain",)).get_content()


def test_cancelling_after_it_gives_back_by_what_is_left(booked, alma, ada, mia, stripe, moment, run_jobs):
    given(alma, booked, 2000, "platform")
    moment.set(booked.starts_at.replace(hour=4))
    quote = cancellations.quote_cancellation(mia, booking_id=booked.id)
    assert (quote.refund_cents, quote.kept_cents) == (5000, 5000)
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=5000)
    run_jobs()
    released(moment)
    # Half of what was left, and what we gave alone, are shared as if they had been kept.
    assert of(booked) == (6300, -1300, 0)
    assert agrees(stripe)


def test_a_coach_who_cancels_is_paid_nothing_for_what_we_gave_before(booked, alma, ada, stripe, moment, run_jobs):
    given(alma, booked, 2000, "platform")
    cancellations.cancel(ada.user, booking_id=booked.id, expected_refund_cents=10000)
    run_jobs()
    released(moment)
    assert of(booked) == (0, 0, 0)
    assert agrees(stripe)


def test_one_that_is_asked_while_the_payment_is_disputed_waits(booked, alma, ada, stripe, moment, run_jobs):
    ended(booked, ada, moment)
    released(moment)
    opened = stripe.dispute(booked.payment.charge_id, reason="fraudulent")["id"]
    payment_disputes.sync_dispute(opened)
    booking_disputes.dispute_changed(opened)
    given(alma, booked, 6000, "split")
    run_jobs()
    assert [r.status for r in payment_queries.refunds_of(booked.payment_id)] == ["held"]
    stripe.decide(opened, "won")
    payment_disputes.sync_dispute(opened)
    booking_disputes.dispute_changed(opened)
    run_jobs()
    assert [r.status for r in payment_queries.refunds_of(booked.payment_id)] == ["succeeded"]
    assert of(booked) == (5400, 600, 0)
    assert agrees(stripe)


def test_one_that_is_asked_while_the_payment_is_disputed_and_lost_is_paid_by_the_bank(
    booked, alma, ada, stripe, moment, run_jobs
):
    ended(booked, ada, moment)
    released(moment)
    opened = stripe.dispute(booked.payment.charge_id, reason="fraudulent")["id"]
    payment_disputes.sync_dispute(opened)
    booking_disputes.dispute_changed(opened)
    given(alma, booked, 6000, "split")
    run_jobs()
    stripe.decide(opened, "lost")
    payment_disputes.sync_dispute(opened)
    booking_disputes.dispute_changed(opened)
    run_jobs()
    assert [r.status for r in payment_queries.refunds_of(booked.payment_id)] == ["covered"]
    assert balance(f"coach_reserve:{booked.coach_id}", "usd") == 0
    assert (of(booked)[0], of(booked)[2]) == (0, 0)
    assert agrees(stripe)
