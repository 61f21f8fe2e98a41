"""For a quarter of an hour a coach takes back that the mentee did not come."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings.completions.rules import may_take_back

SAID = datetime(2027, 3, 10, 19, tzinfo=UTC)
SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)


def takes_back(*, outcome="mentee_no_show", by_coach=True, is_open=True, ended_at=SAID, after=SECOND):
    # A word as it comes out of a database: equal to ours and not the same object.
    outcome = outcome and "".join(list(outcome))
    return may_take_back(outcome=outcome, ended_at=ended_at, by_coach=by_coach, is_open=is_open, now=SAID + after)


@pytest.mark.parametrize(
    ("after", "may"), [(timedelta(0), True), (QUARTER - SECOND, True), (QUARTER, False), (QUARTER + SECOND, False)]
)
def test_to_the_second_it_can_be_taken_back(after, may):
    assert takes_back(after=after) is may


@pytest.mark.parametrize(
    "otherwise",
    [
        {"outcome": "took_place"},
        {"outcome": "a_word_that_sorts_before"},
        {"outcome": None},
        {"by_coach": False},
        {"is_open": False},
        {"ended_at": None},
        {"by_coach": False, "is_open": False},
        {"outcome": "took_place", "after": QUARTER},
    ],
)
def test_nobody_else_takes_it_back_nor_anything_else(otherwise):
    assert not takes_back(**otherwise)
