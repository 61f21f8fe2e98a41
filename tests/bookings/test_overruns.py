"""Minutes beyond a session: proposed, paid for or not, released, refunded, disputed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.overruns import earnings, queries, service
from marketplace.bookings.overruns.rules import OVERRUN_STATES
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.errors import Invalid, NotAllowed, NotFound
from marketplace.invoices.models import Invoice
from marketplace.invoices.service import issuance
from marketplace.ledger.models import Entry
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payouts.queries import yearly_summaries
from marketplace.unpaid_time.models import UnpaidEntry
from marketplace.unpaid_time.service import known_time
from tests.factories import a_booking, a_person
from tests.invariants.conftest import broken
from tests.scenes import TEN
from tests.transitions import states_of_the_database

# No worker runs here: what it does is not done yet.
UNDER_WAY = {"jobs_are_done", "mail_goes", "refunds_are_sent"}


@pytest.fixture
def held(mia, offering, stripe, moment):
    """An hour with Ada for 120.00 USD that is just over."""
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(booking.ends_at + timedelta(minutes=20))
    return booking


@pytest.fixture
def proposed(held, ada):
    """Twenty minutes more."""
    return service.propose(ada.user, booking_id=held.id, minutes=20)


def paid(overrun, mia, stripe):
    """It is accepted and paid on the hosted page."""
    service.accept(mia, overrun_id=overrun.id)
    payment = payments.of_subject(overrun.id)
    stripe.pay(payment.checkout_id)
    payment_outcomes.settle_payment(str(payment.id))
    return queries.one(mia, overrun.id)


def unpaid():
    chosen = select(UnpaidEntry.kind, UnpaidEntry.minutes, UnpaidEntry.value_cents)
    return [tuple(row) for row in session().execute(chosen)]


def entries(overrun):
    chosen = select(Entry.key, Entry.cents).where(Entry.subject_id == overrun.id)
    return {key.partition(":")[0]: cents for key, cents in session().execute(chosen)}


def test_it_costs_the_sessions_rate_and_never_more(held, ada, mia):
    with pytest.raises(Invalid):
        service.propose(ada.user, booking_id=held.id, minutes=20, price_cents=4001)
    with pytest.raises(NotAllowed):
        service.propose(mia, booking_id=held.id, minutes=20)
    with pytest.raises(NotFound):
        service.propose(a_person("Noor"), booking_id=held.id, minutes=20)
    assert service.propose(ada.user, booking_id=held.id, minutes=20).price_cents == 4000
    with pytest.raises(service.OverrunWaits):
        service.propose(ada.user, booking_id=held.id, minutes=5)


def test_it_is_paid_released_and_invoiced_as_the_session_is(proposed, ada, mia, stripe, moment):
    found = paid(proposed, mia, stripe)
    assert found.status == "paid"
    with pytest.raises(service.OverrunEnded):
        service.decline(mia, overrun_id=found.id)
    issuance.issue_invoices(str(found.payment_id))
    (invoice,) = session().scalars(select(Invoice).where(Invoice.payment_id == found.payment_id))
    assert (invoice.gross_cents, invoice.seller_id) == (4000, ada.user_id)
    assert broken() <= UNDER_WAY
    moment.advance(days=9)
    for _twice in range(2):
        earnings.release_overruns()
    assert entries(found)["release-coach"] == 3600
    assert entries(found)["release-fee"] == 400
    (year,) = yearly_summaries.year_of(ada, 2027)
    assert (year.total.earned, year.total.fees) == (3600, 400)
    assert session().scalar(select(Entry.credit_id).where(Entry.key == f"release-coach:{found.id}")) is not None
    assert not {"sessions_owed_is_unsettled", "coach_balance_is_earned"} & broken()
    with pytest.raises(service.OverrunEnded):
        service.refund(ada.user, overrun_id=found.id)


def test_asking_for_the_page_again_is_the_same_page_and_one_payment(proposed, mia, stripe):
    pages = {service.accept(mia, overrun_id=proposed.id) for _time in range(3)}
    assert len(pages) == 1
    chosen = text("select count(*) from payments where subject_id = :id")
    assert session().scalar(chosen, {"id": proposed.id}) == 1


def test_once_accepted_it_is_not_withdrawn_and_once_withdrawn_not_accepted(proposed, ada, mia, held):
    service.withdraw(ada.user, overrun_id=proposed.id)
    with pytest.raises(service.OverrunEnded):
        service.accept(mia, overrun_id=proposed.id)
    again = service.propose(ada.user, booking_id=held.id, minutes=10)
    service.accept(mia, overrun_id=again.id)
    with pytest.raises(service.OverrunEnded):
        service.withdraw(ada.user, overrun_id=again.id)


def test_what_is_declined_is_unpaid_time_and_what_is_withdrawn_is_not(proposed, held, ada, mia):
    service.withdraw(ada.user, overrun_id=proposed.id)
    again = service.propose(ada.user, booking_id=held.id, minutes=10, price_cents=1000)
    service.decline(mia, overrun_id=again.id)
    for _twice in range(2):
        known_time.record_unpaid_time()
    assert unpaid() == [("overrun", 10, 1000)]


def test_what_nobody_answers_lapses_after_three_days(proposed, mia, moment):
    moment.advance(hours=73)
    with pytest.raises(service.OverrunEnded):
        service.accept(mia, overrun_id=proposed.id)
    service.lapse_overruns()
    known_time.record_unpaid_time()
    assert queries.one(mia, proposed.id).status == "lapsed"
    assert unpaid() == [("overrun", 20, 4000)]


def test_a_page_that_nobody_pays_on_is_closed_and_then_it_lapses(proposed, mia, moment):
    service.accept(mia, overrun_id=proposed.id)
    moment.advance(hours=24)
    service.lapse_overruns()
    assert queries.one(mia, proposed.id).status == "accepted"
    payment_outcomes.abandon_payment(str(payments.of_subject(proposed.id).id))
    assert queries.one(mia, proposed.id).status == "lapsed"


def test_what_is_paid_at_the_last_moment_is_paid(proposed, mia, stripe, moment):
    service.accept(mia, overrun_id=proposed.id)
    payment = payments.of_subject(proposed.id)
    stripe.pay(payment.checkout_id)
    moment.advance(hours=24)
    service.lapse_overruns()
    payment_outcomes.abandon_payment(str(payment.id))
    assert queries.one(mia, proposed.id).status == "paid"


def test_the_coach_refunds_it_in_full_once(proposed, ada, mia, stripe, run_jobs):
    found = paid(proposed, mia, stripe)
    service.refund(ada.user, overrun_id=found.id)
    with pytest.raises(service.OverrunEnded):
        service.refund(ada.user, overrun_id=found.id)
    run_jobs()
    assert queries.one(mia, found.id).refunded_cents == 4000
    assert payments.refunded_cents(found.payment_id) == 4000
    assert broken() <= UNDER_WAY


@pytest.mark.parametrize("released", [False, True])
def test_a_lost_dispute_takes_what_the_coach_had_of_it(proposed, ada, mia, stripe, moment, released):
    found = paid(proposed, mia, stripe)
    if released:
        moment.advance(days=9)
        earnings.release_overruns()
    opened = stripe.dispute(payments.one(found.payment_id).charge_id, reason="fraudulent")["id"]
    stripe.decide(opened, "lost")
    for _twice in range(2):
        payment_disputes.sync_dispute(opened)
        booking_disputes.dispute_changed(opened)
    assert entries(found)["dispute-lost"] == (3600 if released else 4000)
    assert not {"sessions_owed_is_unsettled", "coach_balance_is_earned"} & broken()


def test_the_database_knows_the_same_states():
    assert states_of_the_database("overruns") == set(OVERRUN_STATES.states)
