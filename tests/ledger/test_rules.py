"""Signs, kinds, months, and when to close: without a database."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.ledger import rules

ADA = uuid.UUID("01954000-0000-7000-8000-000000000001")
NOW = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waiting", "hours_ago", "due"),
    [
        (0, None, False),
        (-3, None, False),
        (0, 48, False),
        (1, None, True),
        (1, 23, False),
        (1, 24, True),
        (1, 25, True),
        (499, 1, False),
        (500, 0, True),
        (501, 0, True),
    ],
)
def test_many_entries_or_a_day_are_reason_to_close(waiting, hours_ago, due):
    last = None if hours_ago is None else NOW - timedelta(hours=hours_ago)
    assert rules.is_due_to_close(waiting, last, NOW) is due


@pytest.mark.parametrize(
    ("account", "balance"),
    [
        ("stripe", 700),
        ("stripe_fees", 700),
        ("disputes", 700),
        ("revenue", -700),
        ("sessions_owed", -700),
        ("in_transit", -700),
        (rules.coach(ADA), -700),
        (rules.reserve(ADA), -700),
    ],
)
def test_what_we_have_or_spent_grows_by_debits_and_what_we_owe_or_earned_by_credits(account, balance):
    assert rules.balance(account, 1000, 300) == balance


def test_accounts_of_people_carry_their_ids():
    assert (rules.coach(ADA), rules.reserve(ADA)) == (f"coach:{ADA}", f"coach_reserve:{ADA}")


@pytest.mark.parametrize(
    ("day", "after"),
    [
        ((2027, 1, 1), (2027, 2, 1)),
        ((2027, 1, 31), (2027, 2, 1)),
        ((2027, 2, 1), (2027, 3, 1)),
        ((2028, 2, 29), (2028, 3, 1)),
        ((2027, 4, 30), (2027, 5, 1)),
        ((2027, 12, 31), (2028, 1, 1)),
    ],
)
def test_a_month_is_followed_by_the_next(day, after):
    assert rules.month_after(date(*day)) == date(*after)
