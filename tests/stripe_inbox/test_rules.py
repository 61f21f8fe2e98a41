"""What an event is about, and how the books differ."""

import pytest

from marketplace.stripe_inbox import rules


@pytest.mark.parametrize(
    "found", [None, [], {}, {"id": 1, "type": "x"}, {"id": "evt_1"}, {"id": "evt_1", "type": None}]
)
def test_what_lacks_an_id_or_a_type_is_no_event(found):
    assert not rules.is_event(found)


@pytest.mark.parametrize(
    ("event", "object_id"),
    [
        ({"data": {"object": {"id": "ch_1"}}}, "ch_1"),
        ({"related_object": {"id": "acct_1"}}, "acct_1"),
        ({"data": {}, "related_object": None}, None),
        ({"data": None}, None),
        ({"data": {"object": {"id": 5}}}, None),
    ],
)
def test_an_event_carries_its_object_or_points_to_it(event, object_id):
    assert rules.object_id(event) == object_id


def test_metadata_is_what_we_wrote_or_nothing():
    assert rules.metadata_of({"data": {"object": {"metadata": {"payment_id": "1"}}}}) == {"payment_id": "1"}
    assert rules.metadata_of({"data": {"object": {"metadata": None}}}) == {}


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
