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


@pytest.mark.parametrize(
    ("sent", "cents", "before", "before_sent", "asked"),
    [
        # What was rounded, or reversed by hand, on the way is made up for by the last part, also by more than is left.
        (11_000, 5_000, 5_000, 5_400, 5_600),
        (11_000, 6_000, 5_000, 5_400, 5_600),
        (11_000, 2_500, 2_500, 2_750, 2_750),
        (100, 1, 0, 0, 1),
    ],
)
def test_the_last_part_of_a_payout_asks_for_the_rest_of_what_was_sent(sent, cents, before, before_sent, asked):
    transfer = ConvertedTransfer(10_000, sent)
    assert transfer.to_reverse(cents=cents, before_cents=before, before_sent_cents=before_sent) == asked


@pytest.mark.parametrize(
    ("transfer", "sent", "before", "before_sent", "cents"),
    [
        (ConvertedTransfer(10_000, 11_000), 5_600, 4_000, 5_400, 6_000),
        (ConvertedTransfer(10_000, 11_000), 5_600, 4_000, 5_500, 6_000),
        (ConvertedTransfer(10_000, 11_000), 400, 0, 100, 364),
        (ConvertedTransfer(100, 10_000), 1, 0, 0, 1),
    ],
)
def test_the_last_part_of_what_was_sent_takes_back_the_rest_of_the_payout(transfer, sent, before, before_sent, cents):
    assert transfer.reversed(sent_cents=sent, before_cents=before, before_sent_cents=before_sent) == cents


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_parts_that_come_to_all_of_it_ask_for_all_that_was_sent(amount, sent, cuts):
    transfer, before, asked = ConvertedTransfer(amount, max(sent, amount)), 0, 0
    for cents in [*cuts, amount]:
        part = min(cents, amount - before)
        if part:
            asked += transfer.to_reverse(part, before_cents=before, before_sent_cents=asked)
            before += part
    assert (before, asked) == (amount, transfer.sent_cents)
