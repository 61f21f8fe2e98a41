"""How long an event may be missing."""

from datetime import timedelta

from marketplace.stripe_inbox import rules


def test_how_long_an_event_may_be_lost_and_how_far_back_we_look():
    assert timedelta(minutes=1) == rules.LOST_AFTER
    # Stripe keeps events for 30 days.
    assert timedelta(days=30) == rules.SWEPT
