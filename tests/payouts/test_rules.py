"""Who is due a payout, and who approves it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from marketplace.currencies import Amounts
from marketplace.payouts.rules import payables as payable_rules
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules import summaries as run_summaries
from marketplace.payouts.rules.payables import PayeeStanding
from marketplace.payouts.rules.reasons import Reason

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
WELL = PayeeStanding("approved", connected=True, ready=True)


def why(balance=5000, open_=0, standing=WELL, currency="usd"):
    return payable_rules.reason_left_out(
        balance_cents=balance,
        open_cents=open_,
        currency=currency,
        standing=standing,
        minimum_cents=2000,
        always_after=timedelta(days=30),
        now=NOW,
    )


@pytest.mark.parametrize(
    ("balance", "open_", "standing", "reason"),
    [
        (5000, 0, WELL, None),
        (2000, 0, WELL, None),
        (1999, 0, WELL, reasons.of_money(reasons.BELOW_MINIMUM, 2000, "usd")),
        (0, 0, WELL, Reason(reasons.NOTHING)),
        (-50, 0, WELL, reasons.of_money(reasons.DEBT, 50, "usd")),
        (5000, 3000, WELL, Reason(reasons.UNDER_WAY)),
        (5000, 5000, WELL, Reason(reasons.UNDER_WAY)),
        (5000, 0, PayeeStanding("suspended", connected=True, ready=True), Reason(reasons.SUSPENDED)),
        (5000, 0, PayeeStanding("approved", connected=False, ready=False), Reason(reasons.NO_BANK)),
        (5000, 0, PayeeStanding("approved", connected=True, ready=False), Reason(reasons.BANK_NOT_READY)),
        (5000, 0, PayeeStanding("approved", True, ready=False, bank_removed=True), Reason(reasons.NO_BANK_ACCOUNT)),
    ],
)
def test_who_is_left_out_is_told_why(balance, open_, standing, reason):
    assert why(balance, open_, standing) == reason


@pytest.mark.parametrize(("days", "goes"), [(30, True), (29, False)])
def test_money_that_waited_a_month_goes_however_little(days, goes):
    standing = PayeeStanding("approved", connected=True, ready=True, oldest_at=NOW - timedelta(days=days))
    assert (why(100, standing=standing) is None) is goes


@pytest.mark.parametrize(
    ("totals", "above"),
    [
        ({"usd": 1_000_000}, []),
        ({"usd": 1_000_001}, ["usd"]),
        ({"usd": 600_000, "eur": 600_000}, []),
        ({"jpy": 1_500_000}, []),
        ({"usd": 1, "jpy": 1_500_001}, ["jpy"]),
        ({}, []),
    ],
)
def test_a_run_is_large_where_it_is_above_the_amount_of_its_own_currency(totals, above):
    assert payout_permissions.above_threshold(totals, Amounts(Decimal(10_000))) == above


def test_totals_are_by_currency():
    assert run_summaries.totals([("usd", 100), ("eur", 5), ("usd", 1)]) == {"usd": 101, "eur": 5}


@pytest.mark.parametrize(("balance", "covered"), [(5000, True), (4999, False), (-1, False)])
def test_a_payout_never_exceeds_the_balance(balance, covered):
    assert (payable_rules.reason_uncovered(balance, 5000, "usd") is None) is covered


def test_a_refusal_passes_or_somebody_has_to_look():
    assert payable_rules.reason_refused("balance_insufficient") == Reason(reasons.PLATFORM_BALANCE)
    assert payable_rules.reason_refused("insufficient_capabilities_for_transfer") == Reason(reasons.BANK_NOT_READY)
    assert payable_rules.reason_refused("account_closed") is None


@pytest.mark.parametrize("status", ["applied", "rejected"])
def test_a_bank_is_for_those_who_coach_here_or_did(status):
    assert not payout_permissions.may_connect_bank(status)
    assert payout_permissions.may_connect_bank("approved")
    assert payout_permissions.may_connect_bank("suspended")


def test_what_has_ended_does_not_move():
    assert payout_states.PAYOUT_STATES.final == {payout_states.CANCELLED, payout_states.REVERSED}
    following = payout_states.PAYOUT_STATES.following
    assert all(onward <= following.keys() for onward in following.values())
