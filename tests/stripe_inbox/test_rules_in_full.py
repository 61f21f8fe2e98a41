"""How long things wait, and that what was found cannot be changed."""

from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest

from marketplace.stripe_inbox import rules


def test_how_long_an_event_may_be_lost_and_how_far_back_we_look():
    assert timedelta(minutes=1) == rules.LOST_AFTER
    # Stripe keeps events for 30 days.
    assert timedelta(days=30) == rules.SWEPT
    assert timedelta(days=7) == rules.MARGIN


def test_what_a_reconciliation_found_cannot_be_changed():
    difference = rules.Difference("ch_1", "usd", 5, 3)
    with pytest.raises(FrozenInstanceError):
        difference.stripe_cents = 5
    with pytest.raises(FrozenInstanceError):
        rules.Report(1, (difference,)).differences = ()
