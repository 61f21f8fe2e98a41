"""Fifty grants of the last thirty minutes of a budget, at one moment and for real: exactly one."""

from collections import Counter

import pytest

from marketplace.asks.service import choices, sending
from marketplace.invariants import queries as invariant_queries
from marketplace.unpaid_time.grants import queries
from marketplace.unpaid_time.grants import service as grants
from tests.asks.conftest import BRIEF
from tests.doors import ApiClient
from tests.factories import a_person
from tests.races.test_asks import LIMITS, ada, at_once

__all__ = ["ada"]

pytestmark = pytest.mark.real

GRANTS = 50


def test_the_last_thirty_minutes_are_granted_once(real_app, ada):
    with real_app.app_context():
        grants.choose_budget(ada.user, minutes_per_month=30)
        choices.choose(ada.user, **LIMITS | {"open_at_most": 100})
        asks = [sending.send(a_person(f"P{number}"), handle="ada", **BRIEF).id for number in range(GRANTS)]
        client = ApiClient.of(real_app, ada.user, ("write",))
    answers = at_once([lambda ask=each: client.post(f"/asks/{ask}/grants", {"minutes": 30}) for each in asks])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: GRANTS - 1}
    with real_app.app_context():
        assert queries.left_of(ada) == 0
        assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == []
