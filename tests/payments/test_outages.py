"""Stripe is away, rejects our key or has forgotten something: nothing is lost, nothing piles up."""

import pytest

from marketplace.db import session
from marketplace.errors import Unavailable
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries
from marketplace.payments.models import CircuitBreaker
from marketplace.payments.service import checkouts
from marketplace.payments.stripe_gateway import circuit_breaker
from marketplace.payments.stripe_gateway import client as stripe_client
from marketplace.reconciliation.service import reconcile
from tests.factories import a_coach, an_admin, an_offering, open_all_week
from tests.payments import outages
from tests.payments.outages import AWAY, GONE, REJECTED, OpenItems, an_open_payment
from tests.scenes import TEN


@pytest.mark.parametrize(
    ("error", "told"), [pytest.param(AWAY, False, id="away"), pytest.param(REJECTED, True, id="key rejected")]
)
def test_after_an_hour_without_stripe_each_open_item_has_one_job_and_then_all_is_settled(
    mia, offering, stripe, moment, error, told
):
    admin = an_admin()
    items = OpenItems.made(mia, offering, stripe, [TEN], 6)
    outages.all_is_settled_after(error, items, stripe, moment)
    assert balance("stripe", "usd") == sum(line["net"] for line in outages.everything_at(stripe))
    assert outages.refusals_told() == ([admin.email] if told else [])


def test_after_an_hour_without_stripe_an_account_that_converts_settles_everything_too(mia, stripe, moment):
    stripe.settle_in("usd")
    euros = an_offering(open_all_week(a_coach("cara", currency="eur")))
    outages.all_is_settled_after(AWAY, OpenItems.made(mia, euros, stripe, [TEN], 6), stripe, moment)
    assert (balance("stripe", "eur"), queries.without_fee()) == (0, [])
    assert balance("exchange", "eur") < 0 < balance("exchange", "usd")
    assert reconcile().spoken() == "ledger == stripe, difference 0"


def test_what_stripe_has_forgotten_is_no_reason_to_ask_for_ever(mia, offering, stripe, moment):
    items = OpenItems.made(mia, offering, stripe, [TEN], 2)
    stripe.refuse("/v1/*", times=outages.PLANNED, **GONE)
    outages.an_hour_passes(moment)
    assert outages.waiting() == []
    assert [refund.status for refund in items.refunds()] == ["failed"]
    missing = [(one.id, one.missing_at is not None) for one in queries.missing_payments()]
    assert missing == [(items.payments[0].id, True)]
    assert queries.count_missing_payments() == 1
    assert outages.calls_refused(stripe) < 20


class TestTheBreaker:
    def test_it_opens_after_five_calls_without_an_answer_and_one_caller_tries_again(self, mia, stripe, moment):
        payment = an_open_payment(mia)
        stripe.refuse("/v1/*", times=7, **AWAY)
        for _ in range(8):
            with pytest.raises(Unavailable):
                checkouts.sync(payment.id)
        assert stripe.control("GET", "faults")["data"][0]["times"] == 2
        breaker = session().query(CircuitBreaker).one()
        moment.advance(seconds=2)
        assert [circuit_breaker.may_ask(breaker) for _ in range(2)] == [True, False]
        stripe.recover()
        moment.advance(seconds=61)
        checkouts.sync(payment.id)
        assert session().query(CircuitBreaker).count() == 0

    def test_a_definite_no_is_an_answer(self, mia, stripe):
        payment = an_open_payment(mia)
        stripe.refuse("/v1/*", **AWAY)
        stripe.refuse("/v1/*", status=400, code="parameter_unknown", message="Received unknown parameter")
        with pytest.raises(Unavailable):
            checkouts.sync(payment.id)
        with pytest.raises(stripe_client.GatewayRefused):
            checkouts.sync(payment.id)
        assert session().query(CircuitBreaker).count() == 0

    def test_a_clock_that_was_set_back_does_not_keep_it_open(self, moment):
        for _ in range(5):
            circuit_breaker.did_not_answer("one", "away")
        moment.advance(hours=-2)
        assert circuit_breaker.may_ask(circuit_breaker.find("one"))

    def test_it_waits_twice_as_long_each_time_up_to_a_minute(self):
        waits = [circuit_breaker.wait_after(failures).total_seconds() for failures in (0, 4, 5, 6, 7, 40)]
        assert waits == [0, 0, 2, 4, 8, 60]

    def test_what_was_under_way_when_it_opened_makes_nobody_wait_longer(self, moment):
        for _ in range(9):
            circuit_breaker.did_not_answer("one", "away")
        breaker = circuit_breaker.find("one")
        assert (breaker.failures, breaker.retry_at - moment.now) == (5, circuit_breaker.wait_after(5))
        circuit_breaker.did_not_answer("one", "away", tried=True)
        breaker = circuit_breaker.find("one")
        assert (breaker.failures, breaker.retry_at - moment.now) == (6, circuit_breaker.wait_after(6))
