"""How long a place in a queue is kept, and in which queue it makes sense to wait."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.asks.queue.rules import WAITS_AT_MOST, lapses_at
from marketplace.asks.rules.capacity import Capacity

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("opens_after", "by_when", "kept"),
    [
        (None, None, 30 * DAY),
        (2 * DAY, None, 30 * DAY),
        (30 * DAY, None, 44 * DAY),
        (400 * DAY, None, 120 * DAY),
        (None, date(2027, 3, 10), datetime(2027, 3, 10, 23, tzinfo=UTC) - NOW),
        (None, date(2027, 3, 1), timedelta(hours=14)),
        (None, date(2027, 2, 27), datetime(2027, 2, 27, 23, tzinfo=UTC) - NOW),
        (30 * DAY, date(2028, 1, 1), 44 * DAY),
    ],
)
def test_a_place_is_kept_thirty_days_or_a_while_after_the_coach_opens_and_never_past_the_day_it_is_needed_by(
    opens_after, by_when, kept
):
    opens_at = None if opens_after is None else NOW + opens_after
    assert lapses_at(NOW, opens_at=opens_at, by_when=by_when, zone="Europe/Berlin") - NOW == kept


@given(st.none() | st.integers(0, 2000), st.none() | st.dates(date(2027, 3, 2), date(2030, 1, 1)))
def test_no_place_is_kept_for_ever(opens_in_days, by_when):
    opens_at = None if opens_in_days is None else NOW + opens_in_days * DAY
    kept = lapses_at(NOW, opens_at=opens_at, by_when=by_when, zone="UTC")
    assert NOW < kept <= NOW + WAITS_AT_MOST


@pytest.mark.parametrize(("capacity", "ever"), [((1, 1), True), ((0, 5), False), ((5, 0), False)])
def test_a_coach_who_takes_none_has_no_queue(capacity, ever):
    assert Capacity(*capacity).ever_takes is ever


def test_whoever_waits_comes_before_whoever_asks_now():
    room = {"open_now": 0, "in_week": 0, "today": date(2027, 3, 1)}
    assert Capacity().refusal(**room, in_queue=1) == "queue"
    assert Capacity(open_at_most=0).refusal(**room, in_queue=1) == "full"
