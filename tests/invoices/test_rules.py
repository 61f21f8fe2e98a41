"""Tax splits as tables, and which documents the facts ask for."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.invoices import rules
from marketplace.invoices.rules import CREDIT_NOTE, GONE, INVOICE, OPEN, RETURNED, REVERSAL, CreditCause
from marketplace.payments.billing_parties.rules import lines_of_address


@pytest.mark.parametrize(
    ("gross", "basis_points", "tax"),
    [
        (12000, 2000, 2000),
        (11900, 1900, 1900),
        (12000, 1900, 1916),  # 1915.97
        (10000, 770, 715),  # 714.95
        (500, 1000, 45),  # yen, which have no minor unit: 45.45
        (1, 2000, 0),
        (2, 5000, 1),  # two thirds of a cent
        (12000, 0, 0),
        (0, 2000, 0),
    ],
)
def test_the_tax_in_a_price(gross, basis_points, tax):
    assert rules.tax_within(gross, basis_points) == tax


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=12), st.integers(0, 5000))
def test_lines_add_up_to_the_cent(grosses, basis_points):
    tax = rules.tax_within(sum(grosses), basis_points)
    sold = rules.lines([("A session", "", gross) for gross in grosses], tax)
    assert [line.gross_cents for line in sold] == grosses
    assert sum(line.tax_cents for line in sold) == tax
    assert all(line.net_cents + line.tax_cents == line.gross_cents for line in sold)
    assert all(line.net_cents >= 0 and line.tax_cents >= 0 for line in sold)


@pytest.mark.parametrize(
    ("credits", "taxes"),
    [
        ([12000], [1916]),
        ([6000, 6000], [958, 958]),
        ([4000, 4000, 4000], [639, 638, 639]),
        ([1, 11999], [0, 1916]),
    ],
)
def test_credits_that_give_everything_back_give_all_the_tax_back(credits, taxes):
    given_back = before = before_tax = 0
    found = []
    for cents in credits:
        tax = rules.credited_tax(
            gross_cents=12000, tax_cents=1916, before_cents=before, before_tax_cents=before_tax, cents=cents
        )
        found.append(tax)
        before, before_tax, given_back = before + cents, before_tax + tax, given_back + cents
    assert found == taxes
    assert (given_back, sum(found)) == (12000, 1916)


@given(st.integers(1, 10**6), st.integers(0, 5000), st.lists(st.integers(1, 10**5), min_size=1, max_size=10))
def test_a_credit_never_holds_more_tax_than_money(gross, basis_points, wishes):
    tax, before, before_tax = rules.tax_within(gross, basis_points), 0, 0
    for wish in [*wishes, gross]:
        cents = min(wish, gross - before)
        if cents:
            part = rules.credited_tax(
                gross_cents=gross, tax_cents=tax, before_cents=before, before_tax_cents=before_tax, cents=cents
            )
            assert 0 <= part <= cents
            before, before_tax = before + cents, before_tax + part
    assert (before, before_tax) == (gross, tax)


def a_back(state, key="refund:1"):
    return CreditCause(key, key.replace("refund", "refund-failed"), 6000, state, "cancelled")


@pytest.mark.parametrize(
    ("backs", "issued", "owed"),
    [
        ([], set(), [("paid:1", INVOICE)]),
        ([], {"paid:1"}, []),
        ([a_back(OPEN)], {"paid:1"}, []),
        ([a_back(GONE)], set(), [("paid:1", INVOICE), ("refund:1", CREDIT_NOTE)]),
        ([a_back(GONE)], {"paid:1", "refund:1"}, []),
        ([a_back(RETURNED)], {"paid:1"}, []),
        ([a_back(RETURNED)], {"paid:1", "refund:1"}, [("refund-failed:1", REVERSAL)]),
        ([a_back(RETURNED)], {"paid:1", "refund:1", "refund-failed:1"}, []),
        (
            [a_back(RETURNED), a_back(GONE, "refund:2")],
            {"paid:1", "refund:1"},
            [("refund-failed:1", REVERSAL), ("refund:2", CREDIT_NOTE)],
        ),
    ],
)
def test_what_the_facts_ask_for(backs, issued, owed):
    assert [(each.key, each.kind) for each in rules.owed_documents("paid:1", backs, issued)] == owed


def test_words_on_paper():
    assert rules.label("ADA", 12) == "ADA-00012"
    assert (rules.percent(1900), rules.percent(770)) == ("19 %", "7.7 %")
    assert rules.dated(date(2027, 3, 4)) == "4 March 2027"
    starts, ends = datetime(2027, 3, 4, 10, tzinfo=UTC), datetime(2027, 3, 4, 11, tzinfo=UTC)
    assert rules.held(starts, ends, "America/New_York") == "Thu 4 Mar 2027, 05:00-06:00 (New York)"
    assert lines_of_address(" Lange Straße 1 \n\n 10115 Berlin") == ["Lange Straße 1", "10115 Berlin"]


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2027, 3, 31), date(2027, 2, 1), date(2027, 4, 1)),
        (date(2027, 1, 1), date(2026, 12, 1), date(2027, 2, 1)),
        (date(2027, 12, 31), date(2027, 11, 1), date(2028, 1, 1)),
    ],
)
def test_months_follow_each_other(day, before, after):
    assert rules.month_before(day) == before
    assert rules.month_after(day) == after
