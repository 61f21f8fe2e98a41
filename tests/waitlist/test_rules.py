"""Which times meet an entry's criteria."""

from datetime import UTC, date, datetime

import pytest

from marketplace.bookings.waitlist_entries import rules

WEEK = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 7), "timezone": "America/New_York"}
EVENINGS = rules.WaitlistCriteria(**WEEK, weekdays=(0, 1, 2, 3, 4), from_minute=18 * 60, until_minute=22 * 60)


@pytest.mark.parametrize(
    ("starts_at", "fits"),
    [
        (datetime(2027, 3, 2, 23, tzinfo=UTC), True),
        (datetime(2027, 3, 2, 22, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 3, 2, tzinfo=UTC), True),
        (datetime(2027, 3, 3, 2, 15, tzinfo=UTC), False),
        (datetime(2027, 3, 6, 23, tzinfo=UTC), False),
        (datetime(2027, 3, 8, 23, tzinfo=UTC), False),
    ],
    ids=["at six", "before six", "until ten", "past ten", "on Saturday", "a week later"],
)
def test_an_hour_fits_by_the_mentees_own_clock(starts_at, fits):
    assert EVENINGS.fits(starts_at, 60) is fits


def test_without_hours_a_session_over_midnight_fits_too():
    late = datetime(2027, 3, 3, 4, 30, tzinfo=UTC)
    assert rules.WaitlistCriteria(**WEEK).fits(late, 60)
    assert not rules.WaitlistCriteria(**WEEK, from_minute=18 * 60).fits(late, 60)


def test_its_days_begin_and_end_with_the_mentees():
    assert EVENINGS.window() == (datetime(2027, 3, 1, 5, tzinfo=UTC), datetime(2027, 3, 8, 5, tzinfo=UTC))
    assert not EVENINGS.is_past(datetime(2027, 3, 8, 4, 59, tzinfo=UTC))
    assert EVENINGS.is_past(datetime(2027, 3, 8, 5, tzinfo=UTC))


def test_one_offer_may_be_missed():
    assert [rules.after_a_miss(missed) for missed in (1, 2)] == [rules.WAITING, rules.OVER]
