"""How the ledger and Stripe differ, and how far back a reconciliation looks."""

from datetime import timedelta

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
