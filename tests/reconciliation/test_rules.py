"""How the ledger and Stripe differ, and how far back a reconciliation looks."""

from datetime import timedelta

import pytest

from marketplace.ledger.rules import ADJUSTMENTS, BANK, STRIPE, STRIPE_FEES, Posting
from marketplace.reconciliation import rules
from marketplace.reconciliation.schemas import ReconciliationRequestSchema


def test_books_that_agree_differ_by_nothing():
    books = {("ch_1", "usd"): 11622, ("tr_1", "usd"): -10800}
    report = rules.compare(books, dict(books))
    assert (report.agrees, report.compared, report.totals) == (True, 2, {})
    assert report.spoken() == "ledger == stripe, difference 0"


def test_each_difference_is_named():
    report = rules.compare({("ch_1", "usd"): 100, ("", "eur"): 7}, {("ch_1", "usd"): 90, ("po_1", "usd"): -5})
    assert [line.spoken() for line in report.differences] == [
        "without a source: ledger 0.07 EUR, Stripe 0.00 EUR, difference 0.07 EUR",
        "ch_1: ledger 1.00 USD, Stripe 0.90 USD, difference 0.10 USD",
        "po_1: ledger 0.00 USD, Stripe -0.05 USD, difference 0.05 USD",
    ]
    assert report.spoken() == "ledger != stripe, difference 0.07 EUR, 0.15 USD in 3 of 3"


def test_differences_that_cancel_out_are_still_differences():
    report = rules.compare({("a", "usd"): 5, ("b", "usd"): -5}, {})
    assert (report.agrees, report.totals) == (False, {"usd": 0})


def test_only_the_sources_asked_for_are_compared():
    assert rules.compare({("a", "usd"): 5, ("b", "usd"): 5}, {}, {"b"}).differences[0].source == "b"


def test_a_reconciliation_looks_a_week_further_back_at_stripe():
    assert timedelta(days=7) == rules.LOOKBACK


def test_a_night_reconciles_what_the_documentation_says():
    assert f"last {rules.NIGHTLY_PERIOD.days} days" in ReconciliationRequestSchema.__doc__


@pytest.mark.parametrize(
    ("kind", "source", "account"),
    [
        ("adjustment", "ma_1", ADJUSTMENTS),
        ("adjustment", "dp_1", None),
        ("payout", "po_1", BANK),
        ("payout", "py_1", BANK),
        ("topup", "tu_1", BANK),
        ("stripe_fee", "fee_1", STRIPE_FEES),
        ("of_tomorrow", "x_1", None),
    ],
)
def test_what_nothing_of_ours_makes_has_its_own_account_and_what_a_payment_makes_has_none(kind, source, account):
    # What Stripe sends is another object than the letters in the source.
    assert rules.own_account("".join(list(kind)), source) == account


@pytest.mark.parametrize(
    ("amount", "fee", "moved", "charged"),
    [
        (1000, 30, (STRIPE, BANK, 1000), (STRIPE_FEES, STRIPE, 30)),
        (-1000, 0, (BANK, STRIPE, 1000), (STRIPE, STRIPE_FEES, 0)),
        (-1, -1, (BANK, STRIPE, 1), (STRIPE, STRIPE_FEES, 1)),
    ],
)
def test_what_comes_is_a_debit_of_our_balance_and_a_fee_leaves_it(amount, fee, moved, charged):
    assert rules.postings_of("txn_1", BANK, amount_cents=amount, fee_cents=fee) == [
        Posting("balance:txn_1", *moved),
        Posting("balance-fee:txn_1", *charged),
    ]
