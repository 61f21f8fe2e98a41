"""A session credit is bought once, and used, refunded or lapsed once, for real."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace import payment_subjects
from marketplace.accounts.models import User
from marketplace.asks.quotes import service as quotes
from marketplace.bookings.holds import service as holds
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import offerings_of
from marketplace.db import session, transactional
from marketplace.payments import queries as payments
from marketplace.session_credits import queries
from marketplace.session_credits.service import orders, refunds
from tests.asks.conftest import asked
from tests.factories import BRIEF, a_booking, a_coach, a_person, an_offering, open_all_week
from tests.races.test_asks import at_once
from tests.races.test_written_answers import outcome
from tests.scenes import TEN

pytestmark = pytest.mark.real


# Is another transaction stopped by a lock of ours? Looked at every hundredth of a second.
WAITS_FOR_US = """
select exists (select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))
from pg_sleep(0.01)
"""


@pytest.fixture
def people(real_app, moment):
    with real_app.app_context():
        ada = open_all_week(a_coach("ada"))
        an_offering(ada)
        return ada.user, a_person("Mia")


@pytest.fixture
def quote_id(real_app, people):
    coach, mia = people
    with real_app.app_context():
        return quotes.quote(coach, ask_id=asked(mia).id, minutes=45, price_cents=None, note="").id


@pytest.fixture
def credit_id(real_app, people, quote_id, stripe):
    with real_app.app_context():
        bought = quotes.buy_credit(people[1], quote_id=quote_id).id
        orders.pay(people[1], credit_id=bought)
        payment = payments.of_subject(bought)
        stripe.pay(payment.checkout_id)
        payment_subjects.settle_payment(str(payment.id))
        return bought


def counted(real_app, statement):
    with real_app.app_context():
        return session().scalar(text(statement))


def one_after_the_other(real_app, first, second):
    """Commit what is done first once the other waits for it; how the other one went."""
    with ThreadPoolExecutor(1) as other, real_app.app_context():

        @transactional
        def begin_and_commit_once_the_other_waits():
            first()
            begun = other.submit(outcome(real_app, second))
            assert any(session().scalar(text(WAITS_FOR_US)) for _look in range(1000))
            return begun

        return begin_and_commit_once_the_other_waits().result()


def test_many_takers_with_and_without_a_time_take_a_quote_once(real_app, people, quote_id):
    without = outcome(real_app, lambda: quotes.buy_credit(people[1], quote_id=quote_id))
    with_time = outcome(real_app, lambda: quotes.hold(people[1], quote_id=quote_id, starts_at=TEN))
    said = at_once([without, with_time] * 10)
    assert sorted(set(said)) == ["QuoteBeingPaid", "done"]
    assert said.count("done") == 1
    taken = "select (select count(*) from session_credits) + (select count(*) from bookings)"
    assert counted(real_app, taken) == 1


@pytest.mark.parametrize("first", ["credit", "time"])
def test_a_first_session_is_taken_off_what_is_bought_first_and_the_other_waits(
    real_app, people, quote_id, stripe, moment, first
):
    """Two at once would both find that it counts, if they did not wait for each other."""
    with real_app.app_context():
        ada, mia = session().scalars(select(Coach)).one(), session().get_one(User, people[1].id)
        hour = offerings_of(ada.id)[0].id
        hello = an_offering(ada, title="Hello", minutes=30, price_cents=3000, intro=True)
        met = a_booking(mia, hello, moment.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=26), stripe)
        ends_at = met.ends_at
        session().rollback()
    moment.set(ends_at + timedelta(minutes=5))
    at = moment.now.replace(hour=12, minute=0, second=0) + timedelta(days=2)
    deeds = {
        "credit": lambda: quotes.buy_credit(people[1], quote_id=quote_id),
        "time": lambda: holds.hold(people[1], offering_id=hour, starts_at=at, brief=BRIEF),
    }
    (second,) = set(deeds) - {first}
    assert one_after_the_other(real_app, deeds[first], deeds[second]) == "done"
    of_credits = counted(real_app, "select count(*) from session_credits where intro_id is not null")
    of_times = counted(real_app, "select count(*) from bookings where credit_for is not null")
    assert (of_credits, of_times) == {"credit": (1, 0), "time": (0, 1)}[first]


def test_a_credit_that_is_used_many_times_at_once_is_one_session(real_app, people, credit_id):
    uses = [
        outcome(
            real_app,
            lambda hours=hours: orders.schedule(people[1], credit_id=credit_id, starts_at=TEN + timedelta(hours=hours)),
        )
        for hours in range(6)
    ]
    said = at_once(uses * 4)
    assert (sorted(set(said)), said.count("done")) == (["CreditUsed", "done"], 1)
    assert counted(real_app, "select count(*) from bookings") == 1


def test_a_credit_is_used_or_refunded_when_its_time_is_over(real_app, people, credit_id, moment):
    moment.advance(days=60, seconds=-1)
    at = moment.now.replace(hour=12, minute=0, second=0) + timedelta(days=2)
    use = outcome(real_app, lambda: orders.schedule(people[1], credit_id=credit_id, starts_at=at))
    end = outcome(real_app, lambda: moment.advance(seconds=2) or refunds.settle_credits())
    at_once([use, end, end])
    with real_app.app_context():
        found = queries.locked(credit_id)
        assert (found.booking_id is not None) != (found.refunded_cents == 9000)
        session().rollback()


def test_a_credit_is_cancelled_or_a_session_is_scheduled_with_it(real_app, people, credit_id):
    """Whichever of two transactions is first, the other one is refused; nobody has both a session and the money."""
    uses = [
        outcome(
            real_app,
            lambda at=TEN + timedelta(hours=hours): orders.schedule(people[1], credit_id=credit_id, starts_at=at),
        )
        for hours in range(3)
    ]
    cancel = outcome(real_app, lambda: refunds.cancel(people[1], credit_id=credit_id))
    said = at_once([*uses, cancel, cancel, cancel])
    assert said.count("done") == 1
    assert set(said[:3]) <= {"done", "CreditUsed"}
    assert set(said[3:]) <= {"done", "CreditNotCancelled"}
    with real_app.app_context():
        found = queries.locked(credit_id)
        scheduled = "done" in said[:3]
        assert (found.booking_id is not None, found.refunded_cents) == (scheduled, 0 if scheduled else 9000)
        assert len(payments.refunds_of(found.payment_id)) == (0 if scheduled else 1)
        session().rollback()
    assert counted(real_app, "select count(*) from bookings") == int(scheduled)


@pytest.mark.parametrize("first", ["schedule", "cancel"])
def test_who_comes_second_waits_for_the_first_to_commit_and_is_refused(real_app, people, credit_id, first):
    deeds = {
        "schedule": lambda: orders.schedule(people[1], credit_id=credit_id, starts_at=TEN),
        "cancel": lambda: refunds.cancel(people[1], credit_id=credit_id),
    }
    (second,) = set(deeds) - {first}
    refused = one_after_the_other(real_app, deeds[first], deeds[second])
    assert refused == {"schedule": "CreditUsed", "cancel": "CreditNotCancelled"}[second]


def test_it_is_cancelled_or_lapses_and_is_refunded_once(real_app, people, credit_id, moment):
    moment.advance(days=60, seconds=-1)
    cancel = outcome(real_app, lambda: refunds.cancel(people[1], credit_id=credit_id))
    end = outcome(real_app, lambda: moment.advance(seconds=2) or refunds.settle_credits())
    at_once([cancel, end, cancel, end])
    with real_app.app_context():
        refunds.settle_credits()
        found = queries.locked(credit_id)
        assert (found.status, found.refunded_cents, len(payments.refunds_of(found.payment_id))) == ("refunded", 9000, 1)
        session().rollback()


def test_it_lapses_or_is_bought_and_late_money_is_refunded_once(real_app, people, quote_id, stripe, moment):
    with real_app.app_context():
        bought = quotes.buy_credit(people[1], quote_id=quote_id).id
        orders.pay(people[1], credit_id=bought)
        payment = payments.of_subject(bought)
        payment_id, page = str(payment.id), payment.checkout_id
        session().rollback()
    moment.advance(minutes=15)
    stripe.pay(page)
    hear = outcome(real_app, lambda: payment_subjects.settle_payment(payment_id))
    end = outcome(real_app, refunds.settle_credits)
    at_once([hear, end] * 4)
    with real_app.app_context():
        payment_subjects.settle_payment(payment_id)
        found = queries.locked(bought)
        assert (found.status, found.refunded_cents) in {("open", 0), ("lapsed", 9000)}
        assert len(payments.refunds_of(found.payment_id)) == (found.status == "lapsed")
        session().rollback()
