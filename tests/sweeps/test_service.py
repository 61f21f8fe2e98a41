"""What a sweep takes up is kept, and what it could not look for."""

from datetime import timedelta

from marketplace.sweeps import queries, rules, service
from tests.factories import a_booking
from tests.invariants.conftest import DAY


def test_a_sweep_keeps_what_it_found_and_what_it_could_not_look_for(alma, stripe, mia, offering):
    stripe.add_webhook("http://127.0.0.1:9/nobody", "whsec_platform_of_the_tests")
    stripe.deliver("drop")
    a_booking(mia, offering, DAY + timedelta(hours=10), stripe)
    service.sweep()
    (first,) = queries.sweeps(alma)
    assert (first.failures, set(first.found)) == ({}, set(rules.KINDS))
    assert first.found["messages"] > 0
    stripe.fault("/v1/events", "drop_before", times=5)
    service.sweep()
    latest = queries.sweeps(alma)[0]
    assert set(latest.failures) == {"messages"}
    assert latest.found["refunds"] == 0
