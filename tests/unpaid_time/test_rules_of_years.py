"""What a year comes to, as tables; and that no minute and no cent is lost on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.asks.rules.states import STATES
from marketplace.unpaid_time.rules.minutes import KINDS, timed_minutes
from marketplace.unpaid_time.rules.years import OUTCOMES, AskedFor, Held, Sum, Unpaid, coach_year, hourly_cents, total

SUMS = st.builds(Sum.of, st.integers(-600, 600), st.integers(-100_000, 100_000), st.sampled_from(["usd", "eur"]))
ASKED = st.lists(st.builds(AskedFor, st.sampled_from(STATES.states), SUMS))
HELD = st.lists(st.builds(Held, st.integers(1, 12), SUMS))
UNPAID = st.lists(st.builds(Unpaid, st.integers(1, 12), st.sampled_from(KINDS), SUMS))
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def test_the_year_of_the_example():
    hour = 60
    year = coach_year(
        2027,
        asked=[
            AskedFor("booked", Sum.of(12 * hour, 180_000, "usd")),
            AskedFor("answered", Sum.of(6 * hour, 90_000, "usd")),
            AskedFor("declined", Sum.of(19 * hour, 285_000, "usd")),
        ],
        held=[Held(3, Sum.of(12 * hour, 162_000, "usd"))],
        unpaid=[
            Unpaid(3, "preparation", Sum.of(2 * hour, 30_000, "usd")),
            Unpaid(4, "no_show", Sum.of(hour, 0, "usd")),
        ],
        received=Sum(),
    )
    assert year.asked == Sum.of(37 * hour, 555_000, "usd")
    assert [year.outcomes[name].minutes // hour for name in ("paid", "given", "declined")] == [12, 6, 19]
    assert (year.worked_minutes, year.hourly_cents()) == (15 * hour, {"usd": 10_800})
    assert (year.given.minutes, year.preparation.minutes) == (2 * hour, 2 * hour)


@given(asked=ASKED, held=HELD, unpaid=UNPAID)
def test_minutes_in_are_minutes_out(asked, held, unpaid):
    year = coach_year(2027, asked=asked, held=held, unpaid=unpaid, received=Sum())
    assert set(year.outcomes) == set(OUTCOMES)
    for shown, given_ in (
        (year.asked, asked),
        (total(year.outcomes.values()), asked),
        (year.sessions, held),
        (total(year.session_months), held),
        (year.unpaid, unpaid),
        (total(year.unpaid_months), unpaid),
    ):
        assert shown == total(each.sum for each in given_)


@pytest.mark.parametrize(
    ("cents", "minutes", "rate"), [(16_200, 180, 5_400), (0, 60, 0), (100, 7, 857), (1, 120, 1), (1, 121, 0)]
)
def test_an_hour_comes_to(cents, minutes, rate):
    assert hourly_cents(cents, minutes) == rate


def test_without_an_hour_there_is_no_rate():
    with pytest.raises(ValueError, match="no hour"):
        hourly_cents(100, 0)
    assert coach_year(2027, asked=[], held=[], unpaid=[], received=Sum()).hourly_cents() == {}


@pytest.mark.parametrize(("seconds", "minutes"), [(-5, 1), (0, 1), (60, 1), (61, 2), (4 * 3600, 240), (90_000, 240)])
def test_a_timer_counts_begun_minutes_up_to_four_hours(seconds, minutes):
    assert timed_minutes(NOON, NOON + timedelta(seconds=seconds)) == minutes
