"""Which times meet an entry's criteria."""

from datetime import UTC, date, datetime, timedelta

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
    assert EVENINGS.is_past(datetime(2027, 3, 9, tzinfo=UTC))


def test_one_offer_may_be_missed():
    assert [rules.after_a_miss(missed) for missed in (1, 2, 3)] == [rules.WAITING, rules.OVER, rules.OVER]


@pytest.mark.parametrize(
    ("starts_at", "fits"),
    [
        (datetime(2027, 3, 1, 4, 59, tzinfo=UTC), False),
        (datetime(2027, 3, 1, 5, tzinfo=UTC), True),
        (datetime(2027, 3, 8, 4, 59, tzinfo=UTC), True),
        (datetime(2027, 3, 8, 5, tzinfo=UTC), False),
    ],
    ids=["before the first day", "as it begins", "as the last day ends", "after the last day"],
)
def test_its_first_and_its_last_day_are_its_own(starts_at, fits):
    assert rules.WaitlistCriteria(**WEEK).fits(starts_at, 60) is fits


@pytest.mark.parametrize(
    ("from_minute", "until_minute", "minutes", "fits"),
    [
        (0, 1439, 60, False),
        (0, 1440, 60, True),
        (0, 1439, 59, True),
        (1380, 1440, 60, True),
        (1381, 1440, 59, False),
        (1, 1440, 60, True),
        (1, 1440, 61, False),
    ],
)
def test_until_midnight_a_session_ends_at_midnight_at_the_latest(from_minute, until_minute, minutes, fits):
    at_eleven = datetime(2027, 3, 3, 4, tzinfo=UTC)
    criteria = rules.WaitlistCriteria(**WEEK, from_minute=from_minute, until_minute=until_minute)
    assert criteria.fits(at_eleven, minutes) is fits


def test_a_quarter_past_and_over_midnight_are_counted_to_the_minute():
    late = rules.WaitlistCriteria(**WEEK, from_minute=18 * 60 + 15, until_minute=19 * 60 + 45)
    assert late.fits(datetime(2027, 3, 2, 23, 15, tzinfo=UTC), 90)
    assert not late.fits(datetime(2027, 3, 2, 23, 14, tzinfo=UTC), 90)
    assert not late.fits(datetime(2027, 3, 2, 23, 16, tzinfo=UTC), 90)
    # Two days on it is the same minute of the day, and not the same time.
    assert not late.fits(datetime(2027, 3, 2, 23, 15, tzinfo=UTC), 90 + 24 * 60)


def test_an_offer_can_be_read_and_paid_on_the_way_home_and_the_next_does_not_wait_for_an_hour():
    assert rules.OFFER_MINUTES == 20


def test_two_whole_months_can_be_waited_for_and_ten_coaches_at_once():
    longest = date(2027, 7, 1) + timedelta(days=rules.LONGEST_DAYS)
    assert (longest, rules.MOST_AT_ONCE) == (date(2027, 9, 1), 10)


def test_whoever_chooses_no_days_waits_for_every_day_until_midnight():
    criteria = rules.WaitlistCriteria(**WEEK)
    assert (criteria.weekdays, criteria.until_minute) == ((0, 1, 2, 3, 4, 5, 6), 1440)


def test_an_entry_is_open_while_an_offer_may_still_come_of_it():
    assert {rules.WAITING, rules.OFFERED} == rules.OPEN
