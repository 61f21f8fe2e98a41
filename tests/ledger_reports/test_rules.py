"""Facts and accounts in words."""

from datetime import date

import pytest

from marketplace.ledger_reports import rules

ADA = "01954000-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("key", "debit", "words"),
    [
        ("paid:1", "stripe", "The mentee paid"),
        ("dispute:txn_1", "disputes", "The mentee's bank took the disputed amount"),
        ("dispute:txn_2", "stripe", "The mentee's bank gave the disputed amount back"),
        ("dispute-fee:txn_2", "stripe", "Stripe gave its fee for the dispute back"),
        ("fund-paid:1", "fund:1", "Fund paid"),
    ],
)
def test_a_fact_is_told_in_words_also_one_that_is_new(key, debit, words):
    assert rules.fact(key, debit) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stripe", "Our balance at Stripe"),
        ("gift_cards", "Gift cards"),
        (f"coach:{ADA}", "Owed to @ada"),
        (f"coach_reserve:{ADA}", "Disputed, set aside for @ada"),
        ("coach:gone", "Owed to gone"),
        (f"fund:{ADA}", "Fund @ada"),
    ],
)
def test_an_account_is_told_in_words(name, words):
    assert rules.account(name, {ADA: "ada"}) == words


@pytest.mark.parametrize(("month", "last"), [((2027, 2), 28), ((2028, 2), 29), ((2027, 12), 31), ((2027, 4), 30)])
def test_a_month_ends_on_its_last_day(month, last):
    assert rules.days_of_month(date(*month, 15)) == (date(*month, 1), date(*month, last))


def test_a_kind_is_told_in_words():
    assert (rules.kind("coach"), rules.kind("prepaid")) == ("Owed to coaches", "Prepaid")
