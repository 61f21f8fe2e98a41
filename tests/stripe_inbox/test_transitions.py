"""Every pair of states of a Stripe event against the function that moves it."""

from itertools import product

import pytest

from marketplace import clock
from marketplace.db import session
from marketplace.states import TransitionRefused
from marketplace.stripe_inbox import rules
from marketplace.stripe_inbox.models import StripeEvent
from marketplace.stripe_inbox.transitions import transition_event

FACTS = {
    rules.RECEIVED: {},
    rules.FAILED: {"error": "Unavailable: Stripe does not answer."},
    rules.HANDLED: {"note": "It was of another's."},
}


@pytest.mark.parametrize(("before", "to"), list(product(rules.EVENT_STATES.states, repeat=2)))
def test_an_event_moves_as_its_table_says(before, to):
    event = StripeEvent(id="evt_1", type="charge.updated", payload={}, **FACTS[before])
    event.handled_at = clock.now() if before == rules.HANDLED else None
    session().add(event)
    session().flush()
    assert event.state == before
    if not rules.EVENT_STATES.allows(before, to):
        with pytest.raises(TransitionRefused):
            transition_event(event, to, **FACTS[to])
        assert event.state == before
        return
    transition_event(event, to, **FACTS[to])
    session().flush()
    session().refresh(event)
    assert event.state == to
    assert event.error == FACTS[to].get("error")
    assert event.handled_at == (clock.now() if to == rules.HANDLED else None)
    assert event.note == FACTS[to if to == rules.HANDLED else before].get("note")
