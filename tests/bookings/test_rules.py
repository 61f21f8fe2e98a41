"""What comes back, who may do what: as tables."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.bookings import rules
from marketplace.bookings.approvals import rules as approval_rules
from marketplace.bookings.cancellations import rules as cancellation_rules
from marketplace.bookings.completions import rules as completion_rules
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.reschedules import rules as reschedule_rules
from marketplace.policies.rules import Terms

STARTS = datetime(2027, 3, 10, 18, tzinfo=UTC)
TERMS = Terms(tiers=((24, 100), (4, 50)), grace_minutes=60, dispute_window_hours=48, request_hours=48)


def quoted(hours_before, *, booked_hours_before=200, by_coach=False, price=10000, at_most_cents=None):
    return cancellation_rules.quote(
        TERMS,
        price_cents=price,
        starts_at=STARTS,
        booked_at=STARTS - timedelta(hours=booked_hours_before),
        now=STARTS - timedelta(hours=hours_before),
        by_coach=by_coach,
        at_most_cents=at_most_cents,
    )


@pytest.mark.parametrize(
    ("hours_before", "refund_cents"),
    [(48, 10000), (24, 10000), (23.99, 5000), (4, 5000), (3.99, 0), (0, 0)],
)
def test_a_mentee_gets_back_what_the_tiers_say(hours_before, refund_cents):
    quote = quoted(hours_before)
    assert quote.refund_cents == refund_cents
    assert quote.kept_cents == 10000 - refund_cents


def test_half_of_an_odd_price_loses_no_cent():
    quote = quoted(10, price=10001)
    assert (quote.refund_cents, quote.kept_cents) == (5001, 5000)


@pytest.mark.parametrize("hours_before", [48, 10, 1, -2])
def test_when_the_coach_cancels_everything_comes_back(hours_before):
    assert quoted(hours_before, by_coach=True).refund_cents == 10000


def test_an_hour_of_grace_after_booking_a_distant_session():
    assert quoted(24.5 - 1, booked_hours_before=24.5).refund_cents == 10000


def test_grace_ends_after_its_minutes():
    assert quoted(24.5 - 1.1, booked_hours_before=24.5).refund_cents == 5000


def test_there_is_no_grace_for_a_session_that_was_near_when_booked():
    assert quoted(23.8, booked_hours_before=24).refund_cents == 5000


@given(st.integers(1, 10**9), st.floats(-10, 500), st.booleans())
def test_refund_and_rest_are_always_the_price(price, hours_before, by_coach):
    quote = quoted(hours_before, by_coach=by_coach, price=price)
    assert quote.refund_cents + quote.kept_cents == price
    assert quote.refund_cents >= 0
    assert quote.kept_cents >= 0


@given(st.integers(0, 10**9), st.integers(0, 10000))
def test_coach_and_fee_are_always_what_was_kept(kept, basis_points):
    assert sum(earning_rules.shares(kept, basis_points)) == kept


@pytest.mark.parametrize(("kept", "coach", "fee"), [(12000, 10800, 1200), (6000, 5400, 600), (5, 5, 0), (0, 0, 0)])
def test_the_fee_is_ten_percent_of_what_was_kept(kept, coach, fee):
    assert earning_rules.shares(kept, 1000) == (coach, fee)


@dataclass(frozen=True)
class Sold:
    """A session of 120.00 at ten percent."""

    refunded_cents: int = 0
    platform_paid_cents: int = 0
    coach_paid_cents: int = 0
    price_cents: int = 12000
    fee_basis_points: int = 1000


@pytest.mark.parametrize(
    ("sold", "coach", "fee"),
    [
        (Sold(), 10800, 1200),
        (Sold(6000), 5400, 600),
        (Sold(6000, platform_paid_cents=6000), 10800, -4800),
        (Sold(12000, platform_paid_cents=12000), 10800, -10800),
        (Sold(6000, coach_paid_cents=6000), 4800, 1200),
        (Sold(10800, coach_paid_cents=10800), 0, 1200),
        (Sold(5000, platform_paid_cents=2000, coach_paid_cents=3000), 7800, -800),
        # Both halves went back: ours at our cost, the rest by the policy.
        (Sold(12000, platform_paid_cents=6000), 5400, -5400),
    ],
)
def test_who_gave_back_alone_bears_it_alone(sold, coach, fee):
    assert earning_rules.earned(sold) == (coach, fee)


@given(st.integers(0, 12000), st.data())
def test_what_was_kept_is_always_shared_whole(refunded, data):
    ours = data.draw(st.integers(0, refunded))
    hers = data.draw(st.integers(0, refunded - ours))
    sold = Sold(refunded, ours, hers, fee_basis_points=data.draw(st.integers(0, 10000)))
    coach, fee = earning_rules.earned(sold)
    assert coach + fee == 12000 - refunded
    assert coach >= 0


@pytest.mark.parametrize(("paid_before", "points"), [(0, 1000), (49_999, 1000), (50_000, 700)])
def test_a_loyal_pair_pays_a_smaller_fee(paid_before, points):
    assert earning_rules.fee_basis_points(paid_before, 50_000, 1000, 700) == points


def test_a_request_is_answered_before_it_lapses_the_session_starts_or_the_card_forgets():
    now = STARTS - timedelta(days=10)
    decide = approval_rules.decide_by(now, starts_at=STARTS, request_hours=48, capture_before=None)
    assert decide == now + timedelta(hours=48)
    near = approval_rules.decide_by(
        STARTS - timedelta(hours=5), starts_at=STARTS, request_hours=48, capture_before=None
    )
    assert near == STARTS
    card = approval_rules.decide_by(now, starts_at=STARTS, request_hours=480, capture_before=now + timedelta(days=7))
    assert card == now + timedelta(days=6, hours=12)


@pytest.mark.parametrize(
    ("outcome", "minutes_after_start", "may"),
    [
        (rules.TOOK_PLACE, 59, False),
        (rules.TOOK_PLACE, 60, True),
        (rules.MENTEE_NO_SHOW, 14, False),
        (rules.MENTEE_NO_SHOW, 15, True),
    ],
)
def test_how_a_session_ended_can_be_said_when_it_is_known(outcome, minutes_after_start, may):
    now = STARTS + timedelta(minutes=minutes_after_start)
    assert (
        completion_rules.may_complete(starts_at=STARTS, ends_at=STARTS + timedelta(hours=1), outcome=outcome, now=now)
        is may
    )


@pytest.mark.parametrize(("minutes", "wait"), [(30, 10), (31, 15), (60, 15)])
def test_one_waits_longer_in_longer_sessions(minutes, wait):
    assert completion_rules.waiting_time(timedelta(minutes=minutes)) == timedelta(minutes=wait)


def test_nothing_moves_out_of_an_end():
    ends = {rules.COMPLETED, rules.CANCELLED, rules.DECLINED}
    ways_out = {(end, to) for end in ends for to in rules.STATES.states if rules.STATES.allows(end, to)}
    # Somebody found later that the coach had not come; or the coach takes back that the mentee had not.
    assert ways_out == {(rules.COMPLETED, rules.CANCELLED), (rules.COMPLETED, rules.CONFIRMED)}


@pytest.mark.parametrize(
    ("at_most_cents", "hours_before", "refund_cents"),
    [(None, 48, 10000), (5000, 48, 5000), (5000, 10, 5000), (5000, 1, 0), (0, 48, 0)],
)
def test_what_would_have_come_back_before_a_move_is_the_most_that_does(at_most_cents, hours_before, refund_cents):
    quote = quoted(hours_before, at_most_cents=at_most_cents)
    assert (quote.refund_cents, quote.kept_cents) == (refund_cents, 10000 - refund_cents)


def test_what_the_states_of_a_booking_mean():
    assert {"held", "requested", "confirmed"} == rules.CLAIMING
    assert {"held", "requested"} == rules.UNCONFIRMED
    assert {"requested", "confirmed", "completed"} == rules.BOOKED
    assert {"confirmed", "completed", "cancelled"} == rules.EARNING
    assert {"completed", "cancelled"} == rules.RELEASABLE
    assert {"cancelled", "expired", "declined"} == rules.CALLED_OFF
    assert {"accepted", "done"} == reschedule_rules.MOVED


@pytest.mark.parametrize(
    ("begins", "ends", "overlaps"),
    [
        (-60, -10, False),
        (70, 80, False),
        (-60, 0, False),
        (-60, 1, True),
        (59, 90, True),
        (60, 90, False),
        (10, 20, True),
        (-10, 90, True),
        (0, 60, True),
    ],
)
def test_two_that_touch_have_no_instant_in_common(begins, ends, overlaps):
    starts = datetime(2027, 3, 10, 18, tzinfo=UTC)
    busy = [(starts + timedelta(minutes=begins), starts + timedelta(minutes=ends))]
    assert rules.overlaps_any(starts, starts + timedelta(hours=1), busy) is overlaps
    assert rules.overlaps_any(starts, starts + timedelta(hours=1), [*busy, *busy]) is overlaps
    assert not rules.overlaps_any(starts, starts + timedelta(hours=1), [])
