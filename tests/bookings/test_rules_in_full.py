"""The edges of what comes back, who earns it and when: to the cent, the minute and the change of the clocks."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings import rules
from marketplace.bookings.approvals import rules as approval_rules
from marketplace.bookings.cancellations import rules as cancellation_rules
from marketplace.bookings.cancellations.rules import RefundQuote
from marketplace.bookings.completions import rules as completion_rules
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.invites import queries as invite_queries
from marketplace.bookings.meeting_links import rules as meeting_link_rules
from marketplace.bookings.reminders import rules as reminder_rules
from marketplace.bookings.reschedules import rules as reschedule_rules
from marketplace.bookings.series import rules as series_rules
from marketplace.bookings.series.rules import Occurrence
from marketplace.policies.rules import Terms

STARTS = datetime(2027, 3, 10, 18, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=1)
SECOND = timedelta(seconds=1)
TERMS = Terms(tiers=((24, 100), (4, 50)), grace_minutes=60, dispute_window_hours=48, request_hours=48)


def told(word):
    """A word as it comes out of a database: equal to ours and not the same object."""
    return "".join(list(word))


def quoted(hours_before, *, at_most_cents=None, by_coach=False):
    return cancellation_rules.quote(
        TERMS,
        price_cents=10000,
        starts_at=STARTS,
        booked_at=STARTS - timedelta(hours=200),
        now=STARTS - timedelta(hours=hours_before),
        by_coach=by_coach,
        at_most_cents=at_most_cents,
    )


MOVED = "You moved it when {} would have been refunded, and that is what is refunded now."


@pytest.mark.parametrize(
    ("at_most_cents", "hours_before", "quote"),
    [
        (None, 10, RefundQuote(5000, 5000, "It is less than 24 hours away: half is refunded.")),
        (5000, 10, RefundQuote(5000, 5000, "It is less than 24 hours away: half is refunded.")),
        (5001, 10, RefundQuote(5000, 5000, "It is less than 24 hours away: half is refunded.")),
        (5000, 48, RefundQuote(5000, 5000, MOVED.format("half"))),
        (0, 48, RefundQuote(0, 10000, MOVED.format("nothing"))),
        (3333, 48, RefundQuote(3333, 6667, MOVED.format("33 %"))),
        (9999, 48, RefundQuote(9999, 1, MOVED.format("99 %"))),
    ],
)
def test_what_comes_back_after_a_move_and_why(at_most_cents, hours_before, quote):
    assert quoted(hours_before, at_most_cents=at_most_cents) == quote


def test_a_coach_who_cancels_keeps_nothing_whatever_was_moved():
    everything = RefundQuote(10000, 0, "The coach cancels, so everything is refunded.")
    assert quoted(1, by_coach=True, at_most_cents=0) == everything


def berlin(month, day, hour, minute=30):
    return datetime(2027, month, day, hour, minute)


@pytest.mark.parametrize(
    ("starts_at", "every_weeks", "found"),
    [
        # Clocks go forward at 02:00 on 28 March: that day has no half past two.
        (
            datetime(2027, 3, 21, 1, 30, tzinfo=UTC),
            1,
            [
                (berlin(3, 21, 2), datetime(2027, 3, 21, 1, 30, tzinfo=UTC)),
                (berlin(3, 28, 2), None),
                (berlin(4, 4, 2), datetime(2027, 4, 4, 0, 30, tzinfo=UTC)),
            ],
        ),
        # They go back at 03:00 on 31 October: half past two comes twice, and it is the first.
        (
            datetime(2027, 10, 17, 0, 30, tzinfo=UTC),
            2,
            [
                (berlin(10, 17, 2), datetime(2027, 10, 17, 0, 30, tzinfo=UTC)),
                (berlin(10, 31, 2), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
                (berlin(11, 14, 2), datetime(2027, 11, 14, 1, 30, tzinfo=UTC)),
            ],
        ),
        # Unless it was the second that was chosen.
        (
            datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
            1,
            [
                (berlin(10, 31, 2), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
                (berlin(11, 7, 2), datetime(2027, 11, 7, 1, 30, tzinfo=UTC)),
                (berlin(11, 14, 2), datetime(2027, 11, 14, 1, 30, tzinfo=UTC)),
            ],
        ),
    ],
)
def test_a_series_keeps_the_hour_of_the_coachs_clock(starts_at, every_weeks, found):
    assert series_rules.occurrences(starts_at, "Europe/Berlin", every_weeks=every_weeks, count=3) == [
        Occurrence(shown, instant) for shown, instant in found
    ]


@pytest.mark.parametrize(("paid_before", "points"), [(49_999, 1000), (50_000, 700), (50_001, 700), (0, 1000)])
def test_from_a_cent_on_a_pair_is_loyal(paid_before, points):
    assert earning_rules.fee_basis_points(paid_before, int("50000"), 1000, 700) == points


@pytest.mark.parametrize(
    ("kept", "points", "coach", "fee"),
    [(1, 1000, 1, 0), (12001, 700, 11161, 840), (100, 0, 100, 0), (7, 10_000, 0, 7), (10**8, 1000, 9 * 10**7, 10**7)],
)
def test_the_odd_cent_is_the_coachs(kept, points, coach, fee):
    assert earning_rules.shares(kept, points) == (coach, fee)


@dataclass(frozen=True)
class Sold:
    """A session of 120.00 at ten percent."""

    refunded_cents: int = 0
    platform_paid_cents: int = 0
    coach_paid_cents: int = 0
    price_cents: int = 12000
    fee_basis_points: int = 1000


@pytest.mark.parametrize(
    ("sold", "more", "coach", "fee"),
    [
        (Sold(), {"less_cents": 6000}, 5400, 600),
        (Sold(price_cents=5), {}, 5, 0),
        (Sold(price_cents=6), {}, 5, 1),
        (Sold(), {"less_cents": 6000, "platform_cents": 6000}, 10800, -4800),
        (Sold(), {"less_cents": 6000, "coach_cents": 6000}, 4800, 1200),
        (Sold(1000, 1000), {"less_cents": 500, "platform_cents": 500}, 10800, -300),
        (Sold(1000, 0, 1000), {"less_cents": 500, "coach_cents": 500}, 9300, 1200),
        # What she gave alone is more than her share of it: the rest is ours.
        (Sold(12000, 0, 12000), {}, 0, 0),
        (Sold(11000, 0, 11000), {}, 0, 1000),
    ],
)
def test_what_each_earns_should_more_go_back(sold, more, coach, fee):
    assert earning_rules.earned(sold, **more) == (coach, fee)


@pytest.mark.parametrize(
    ("outcome", "after_start", "may"),
    [
        ("took_place", timedelta(hours=1) - SECOND, False),
        ("took_place", timedelta(hours=1), True),
        ("took_place", timedelta(hours=1) + SECOND, True),
        ("mentee_no_show", timedelta(minutes=15) - SECOND, False),
        ("mentee_no_show", timedelta(minutes=15), True),
        ("mentee_no_show", timedelta(minutes=15) + SECOND, True),
        # A word that comes after the others in the alphabet is not the first one either.
        ("vanished", timedelta(minutes=15), True),
    ],
)
def test_to_the_second_when_an_end_can_be_said(outcome, after_start, may):
    assert (
        completion_rules.may_complete(starts_at=STARTS, ends_at=ENDS, outcome=told(outcome), now=STARTS + after_start)
        is may
    )


@pytest.mark.parametrize(("minutes", "wait"), [(1, 10), (29, 10), (30, 10), (31, 15), (90, 15)])
def test_up_to_half_an_hour_one_waits_ten_minutes(minutes, wait):
    assert completion_rules.waiting_time(timedelta(minutes=minutes)) == timedelta(minutes=wait)


@pytest.mark.parametrize(("seconds", "may"), [(-1, True), (0, False), (1, False)])
def test_a_mentee_cancels_until_it_starts(seconds, may):
    now = STARTS + seconds * SECOND
    assert cancellation_rules.may_cancel_as_mentee(starts_at=STARTS, now=now) is may


@pytest.mark.parametrize(
    ("own", "server", "url"),
    [
        ("https://video.example/ada", "https://meet.example", "https://video.example/ada"),
        (None, "https://meet.example/", "https://meet.example/room"),
        ("", "https://meet.example", "https://meet.example/room"),
    ],
)
def test_the_two_meet_at_the_coachs_own_link_or_in_a_room(own, server, url):
    assert meeting_link_rules.meeting_url(own, server, "room") == url


def test_the_way_in_is_shown_from_ten_minutes_before_until_an_hour_after():
    shown = meeting_link_rules.meeting_shown(starts_at=STARTS, ends_at=ENDS)
    assert shown == (STARTS - timedelta(minutes=10), ENDS + timedelta(hours=1))


@pytest.mark.parametrize(
    ("choice", "wanted"), [("both", ["day", "hour"]), ("day", ["day"]), ("hour", ["hour"]), ("none", [])]
)
def test_who_wants_which_reminder(choice, wanted):
    assert [lead for lead in reminder_rules.LEADS if reminder_rules.wants_reminder(told(choice), lead)] == wanted


def test_a_reminder_that_was_missed_gives_way_to_the_next():
    hour, day = timedelta(hours=1), timedelta(hours=24)
    assert reminder_rules.reminder_window("day", STARTS) == (STARTS + hour, STARTS + day)
    assert reminder_rules.reminder_window("hour", STARTS) == (STARTS, STARTS + hour)


def test_what_was_kept_is_released_when_the_window_is_over():
    assert earning_rules.releasable_at(TERMS, ENDS) == ENDS + timedelta(hours=48)


@pytest.mark.parametrize(("left", "late"), [(4 * 3600 + 1, False), (4 * 3600, False), (4 * 3600 - 1, True)])
def test_to_the_second_when_it_is_too_late_to_move(left, late):
    assert reschedule_rules.is_too_late_to_reschedule(TERMS, starts_at=STARTS, now=STARTS - left * SECOND) is late


@pytest.mark.parametrize(("may", "moved", "left"), [(2, 0, 2), (2, 1, 1), (2, 2, 0), (3, 2, 1), (1, 4, 0), (0, 0, 0)])
def test_how_often_a_session_may_be_moved_still(may, moved, left):
    assert reschedule_rules.reschedules_left(replace(TERMS, reschedules=may), moved) == left


@pytest.mark.parametrize("status", ["accepted", "declined", "done", "lapsed", "proposed", "withdrawn"])
@pytest.mark.parametrize("booking", rules.STATES.states)
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_proposal_waits_until_its_time_while_the_session_stands(status, booking, seconds):
    is_open = reschedule_rules.is_open_proposal(
        told(status), answer_by=STARTS, booking_status=told(booking), now=STARTS + seconds * SECOND
    )
    assert is_open is ((status, booking, seconds) == ("proposed", "confirmed", -1))


def test_what_is_counted_in_days_weeks_and_sessions():
    assert (series_rules.EVERY_WEEKS, series_rules.FEWEST, series_rules.MOST) == ((1, 2), 2, 12)
    assert (timedelta(hours=24), timedelta(days=30)) == (
        completion_rules.COMPLETES_ITSELF_AFTER,
        invite_queries.FEED_LOOKS_BACK,
    )
    assert {"day": timedelta(hours=24), "hour": timedelta(hours=1)} == reminder_rules.LEADS
    assert timedelta(hours=12) == approval_rules.CAPTURE_MARGIN
    assert timedelta(hours=1) == approval_rules.CAPTURE_PATIENCE
