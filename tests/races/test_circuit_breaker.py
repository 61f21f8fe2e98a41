"""Calls to Stripe with and without an answer, at one moment and for real: each is noted, none breaks."""

import pytest

from marketplace.db import session
from marketplace.payments.models import CircuitBreaker
from marketplace.payments.stripe_gateway import circuit_breaker
from tests.races.test_asks import at_once

pytestmark = pytest.mark.real

CALLERS, CALLS = 8, 40


def test_a_breaker_that_closes_while_another_call_has_no_answer_is_begun_anew(real_app):
    def call(number):
        with real_app.app_context():
            for _ in range(CALLS):
                if number % 2:
                    circuit_breaker.did_not_answer("one", "away")
                else:
                    circuit_breaker.answered("one")

    at_once([lambda number=number: call(number) for number in range(CALLERS)])
    with real_app.app_context():
        circuit_breaker.answered("one")
        assert session().query(CircuitBreaker).count() == 0
        for _ in range(circuit_breaker.OPENS_AFTER):
            circuit_breaker.did_not_answer("one", "away")
        assert not circuit_breaker.may_ask(circuit_breaker.find("one"))
