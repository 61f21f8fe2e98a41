"""The edges of what is payable and what waits, to the cent."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.payouts.rules import payables as payable_rules
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import summaries as run_summaries
from marketplace.payouts.rules.reasons import Reason

NOW = datetime(2027, 3, 1, tzinfo=UTC)
STANDING = payable_rules.PayeeStanding("approved", connected=True, ready=True)


def payable(balance_cents, open_cents):
    return payable_rules.Payable(uuid.UUID(int=1), "ada", "Ada", "usd", balance_cents, open_cents, None)


def left_out(balance_cents, open_cents=0, *, days=None, status="approved"):
    oldest_at = None if days is None else NOW - timedelta(days=days)
    return payable_rules.reason_left_out(
        balance_cents=balance_cents,
        open_cents=open_cents,
        currency="usd",
        standing=payable_rules.PayeeStanding("".join(list(status)), connected=True, ready=True, oldest_at=oldest_at),
        minimum_cents=2000,
        always_after=timedelta(days=30),
        now=NOW,
    )


@pytest.mark.parametrize(("balance", "open_", "rest"), [(12345, 345, 12000), (7, 2, 5), (5, 5, 0), (-300, 0, -300)])
def test_what_is_payable_is_the_balance_less_what_waits_in_payouts(balance, open_, rest):
    assert payable(balance, open_).payable_cents == rest


def test_what_waits_is_tried_again_after_six_hours():
    assert timedelta(hours=6) == payable_rules.TRY_AGAIN_AFTER


@pytest.mark.parametrize(
    ("balance", "open_", "reason"),
    [
        (-1, 0, reasons.of_money(reasons.DEBT, 1, "usd")),
        (2000, 1, Reason(reasons.UNDER_WAY)),
        (2000, -1, None),
        (0, 0, Reason(reasons.NOTHING)),
        (1, 0, reasons.of_money(reasons.BELOW_MINIMUM, 2000, "usd")),
        (1999, 0, reasons.of_money(reasons.BELOW_MINIMUM, 2000, "usd")),
        (2000, 0, None),
    ],
)
def test_a_cent_more_or_less_decides(balance, open_, reason):
    assert left_out(balance, open_) == reason


@pytest.mark.parametrize(("days", "goes"), [(None, False), (29, False), (30, True), (31, True)])
def test_a_small_sum_goes_when_it_is_old(days, goes):
    assert (left_out(500, days=days) is None) is goes


@pytest.mark.parametrize(
    ("status", "waits"), [("suspended", True), ("approved", False), ("withdrawn", False), ("applied", False)]
)
def test_only_who_is_suspended_waits_for_that(status, waits):
    assert (left_out(5000, status=status) == Reason(reasons.SUSPENDED)) is waits


@pytest.mark.parametrize(("balance", "left"), [(-5, 0), (0, 0), (1, 1), (49_999, 49_999)])
def test_what_no_longer_covers_a_payout_is_told_never_below_zero(balance, left):
    found = payable_rules.reason_uncovered(balance, 50_000, "usd")
    assert found == reasons.of_money(reasons.NOT_COVERED, left, "usd")


@pytest.mark.parametrize("balance", [50_000, 50_001])
def test_what_covers_a_payout_is_no_reason(balance):
    assert payable_rules.reason_uncovered(balance, int("50000"), "usd") is None


def test_totals_add_up():
    assert run_summaries.totals([("usd", 3), ("usd", 1), ("usd", 1), ("eur", 5)]) == {"usd": 5, "eur": 5}
