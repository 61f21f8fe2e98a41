"""Which part of a converted payout is which of what was sent. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.payouts.rules.conversions import ConvertedTransfer, converted


@pytest.mark.parametrize(
    ("cents", "from_cents", "into_cents", "found"),
    [(10_800, 10_000, 10_567, 11_412), (1, 100, 49, 1), (3, 2, 1, 2), (5, 2, 1, 3), (15_000, 15_100, 9_800, 9_735)],
)
def test_an_amount_at_a_rate_is_rounded_and_never_nothing(cents, from_cents, into_cents, found):
    assert converted(cents, from_cents=from_cents, into_cents=into_cents) == found


@pytest.mark.parametrize(
    ("cents", "before", "before_sent", "asked"),
    [(5_000, 0, 0, 5_500), (5_000, 5_000, 5_500, 5_500), (1, 9_999, 10_999, 1), (1, 9_999, 11_000, 1), (4, 0, 0, 4)],
)
def test_what_is_asked_for_of_a_reversal(cents, before, before_sent, asked):
    transfer = ConvertedTransfer(10_000, 11_000)
    assert transfer.to_reverse(cents, before_cents=before, before_sent_cents=before_sent) == asked


@pytest.mark.parametrize(
    ("sent", "before", "before_sent", "cents"),
    [
        (1_100, 0, 0, 1_000),
        (11_000, 0, 0, 10_000),
        (100, 9_990, 10_900, 10),
        (1, 9_999, 10_000, 1),
        (400, 9_900, 10, 100),
    ],
)
def test_what_of_a_payout_a_reversal_takes_back(sent, before, before_sent, cents):
    transfer = ConvertedTransfer(10_000, 11_000)
    assert transfer.reversed(sent, before_cents=before, before_sent_cents=before_sent) == cents


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_parts_that_come_to_all_of_it_ask_for_all_that_was_sent(amount, sent, cuts):
    transfer, before, asked = ConvertedTransfer(amount, max(sent, amount)), 0, 0
    for cents in [*cuts, amount]:
        part = min(cents, amount - before)
        if part:
            asked += transfer.to_reverse(part, before_cents=before, before_sent_cents=asked)
            before += part
    assert (before, asked) == (amount, transfer.sent_cents)
