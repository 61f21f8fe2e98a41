"""States as people say them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach
from marketplace.db import uuid7
from marketplace.pages import next_steps, wording
from marketplace.pages.wording import ADMIN, COACH, MENTEE, Reader
from marketplace.payments.models import Payment

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
STARTS = datetime(2027, 3, 3, 10, tzinfo=UTC)
MIA, ADA = (User(id=uuid7(), name=name) for name in ("Mia", "Ada"))
POLICY = {
    "full_refund_hours": 24,
    "half_refund_hours": 4,
    "grace_minutes": 60,
    "dispute_window_hours": 48,
    "request_hours": 48,
}


def a_session(status, **changes):
    values = {
        "coach": Coach(user_id=ADA.id, user=ADA, handle="ada"),
        "mentee": MIA,
        "mentee_id": MIA.id,
        "status": status,
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=1),
        "hold_expires_at": NOW + timedelta(minutes=14, seconds=3),
        "decide_by": None,
        "by_approval": False,
        "price_cents": 12000,
        "discount_cents": 0,
        "refunded_cents": 0,
        "platform_paid_cents": 0,
        "coach_paid_cents": 0,
        "currency": "usd",
        "fee_basis_points": 1000,
        "policy": POLICY,
        "confirmed_at": None,
        "ended_by": None,
        "ended_at": None,
        "released_at": None,
        "payment": None,
        "payment_id": None,
    }
    return Booking(**values | changes)


def reader(side, now=NOW):
    return Reader(side, "Europe/Berlin", now)


HELD = {"status": "held"}
LAPSED = HELD | {"hold_expires_at": NOW}
REQUESTED = {"status": "requested", "decide_by": NOW + timedelta(hours=47)}
ACCEPTED = REQUESTED | {"payment": Payment(capture_wanted_at=NOW)}
UNANSWERED = REQUESTED | {"decide_by": NOW}
CONFIRMED = {"status": "confirmed", "confirmed_at": NOW}
BEGUN = CONFIRMED | {"starts_at": NOW - timedelta(minutes=10), "ends_at": NOW + timedelta(minutes=50)}
OVER = CONFIRMED | {"starts_at": NOW - timedelta(hours=2), "ends_at": NOW - timedelta(hours=1)}
HELD_IT = OVER | {"status": "completed", "outcome": "took_place"}
NO_SHOW = HELD_IT | {"outcome": "mentee_no_show"}
BY_MIA = {"status": "cancelled", "ended_by": MIA.id, "ended_at": NOW}
BY_ADA = BY_MIA | {"ended_by": ADA.id}
PAID_FOR = {"confirmed_at": NOW}
HALF = {"refunded_cents": 6000}
LATE = {"status": "expired", "refunded_cents": 12000}
NOT_ANSWERED = {"status": "expired", "decide_by": NOW, "end_reason": rules.NOT_ANSWERED}
CARD_GONE = NOT_ANSWERED | {"end_reason": rules.AUTHORISATION_GONE}
NOT_CAPTURED = NOT_ANSWERED | {"end_reason": rules.NOT_CAPTURED}
DECLINED = {"status": "declined", "ended_by": ADA.id}


@pytest.mark.parametrize(
    ("what", "side", "words", "tone"),
    [
        (HELD, MENTEE, "Waiting for payment, 14:03 left", "warm"),
        (HELD, COACH, "Held by Mia, not paid yet", "quiet"),
        (HELD, ADMIN, "Held by Mia, not paid yet", "quiet"),
        (LAPSED, MENTEE, "Not paid in time", "quiet"),
        (REQUESTED, MENTEE, "Ada has until Wed 3 Mar, 09:00 (Berlin) to answer", "warm"),
        (REQUESTED, COACH, "Waiting for your answer until Wed 3 Mar, 09:00 (Berlin)", "warm"),
        (REQUESTED, ADMIN, "Ada has until Wed 3 Mar, 09:00 (Berlin) to answer", "warm"),
        (ACCEPTED, MENTEE, "Accepted, the payment is being taken", "good"),
        (UNANSWERED, COACH, "Not answered in time", "quiet"),
        (CONFIRMED, MENTEE, "Confirmed", "good"),
        (BEGUN, COACH, "Under way", "good"),
        (OVER, COACH, "Over: say how it went", "warm"),
        (OVER, MENTEE, "Over", "quiet"),
        (HELD_IT, MENTEE, "Took place", "quiet"),
        (NO_SHOW, COACH, "Mia did not come", "quiet"),
        (NO_SHOW, MENTEE, "You did not come", "quiet"),
        (BY_MIA, MENTEE, "Released by you", "quiet"),
        (BY_MIA, COACH, "Released by Mia", "quiet"),
        (BY_MIA | {"decide_by": NOW}, MENTEE, "Request withdrawn by you", "quiet"),
        (
            BY_MIA | LATE | {"status": "cancelled"},
            MENTEE,
            "Cancelled by you before it was paid, 120.00 USD refunded",
            "quiet",
        ),
        (BY_MIA | PAID_FOR | HALF, MENTEE, "Cancelled by you, 60.00 USD refunded", "quiet"),
        (BY_MIA | PAID_FOR | HALF, COACH, "Cancelled by Mia, 60.00 USD refunded", "quiet"),
        (BY_ADA | PAID_FOR | HALF, COACH, "Cancelled by you, 60.00 USD refunded", "quiet"),
        (BY_ADA | PAID_FOR | HALF, ADMIN, "Cancelled by Ada, 60.00 USD refunded", "quiet"),
        (BY_MIA | PAID_FOR, ADMIN, "Cancelled by Mia, nothing refunded", "quiet"),
        ({"status": "expired"}, MENTEE, "Not paid in time", "quiet"),
        (LATE, MENTEE, "Paid too late, 120.00 USD refunded", "quiet"),
        (NOT_ANSWERED, COACH, "You did not answer in time", "quiet"),
        (NOT_ANSWERED, MENTEE, "Ada did not answer in time", "quiet"),
        (CARD_GONE, MENTEE, "The card could not be charged", "quiet"),
        (NOT_CAPTURED, COACH, "The card could not be charged", "quiet"),
        (DECLINED, MENTEE, "Declined by Ada", "quiet"),
        (DECLINED, COACH, "Declined by you", "quiet"),
    ],
)
def test_a_state_is_said_to_each(moment, what, side, words, tone):
    said = wording.state(a_session(**what), reader(side))
    assert (said.words, said.tone) == (words, tone)


@pytest.mark.parametrize(
    ("what", "side", "words"),
    [
        (HELD, MENTEE, "Once it is paid, the session is yours. Unpaid, the time is free again at "),
        (
            HELD | {"by_approval": True},
            MENTEE,
            "Your card is asked to reserve 120.00 USD; it is taken only if Ada accepts.",
        ),
        (HELD, COACH, "The time is kept for Mia until Mon 1 Mar, 10:14 (Berlin)."),
        (LAPSED, MENTEE, "The time is free again."),
        (REQUESTED, COACH, "Accept, and 120.00 USD is taken from Mia's card: you get 108.00 USD."),
        (REQUESTED, MENTEE, "120.00 USD is reserved on the card, and taken only if Ada accepts."),
        (ACCEPTED, COACH, "120.00 USD is being taken from the card; then the session is confirmed."),
        (UNANSWERED, MENTEE, "Nothing is taken from the card."),
        (CONFIRMED, MENTEE, "The invitation for your calendar is in the mail we sent you, and here."),
        (CONFIRMED, ADMIN, ""),
        (OVER, COACH, "Without a word from you it counts as held at Tue 2 Mar, 09:00 (Berlin)."),
        (OVER, MENTEE, "Without a word from Ada it counts as held at Tue 2 Mar, 09:00 (Berlin)."),
        (HELD_IT, COACH, "108.00 USD becomes payable to you at Wed 3 Mar, 09:00 (Berlin), unless the payment is"),
        (HELD_IT, MENTEE, "If it was not so, answer the mail we sent you before Wed 3 Mar, 09:00 (Berlin)"),
        (HELD_IT | {"released_at": NOW}, COACH, ""),
        (BY_MIA | PAID_FOR | HALF, MENTEE, "60.00 USD is refunded to your card. Banks take up to ten days to show it."),
        (BY_MIA | PAID_FOR | HALF, COACH, "60.00 USD is refunded to Mia's card."),
        (BY_MIA | PAID_FOR, MENTEE, ""),
        (BY_MIA, MENTEE, ""),
        (DECLINED | {"payment_id": uuid7()}, MENTEE, "Nothing was taken."),
    ],
)
def test_the_next_step_is_said_to_each(moment, what, side, words):
    said = next_steps.next_step(a_session(**what), reader(side))
    assert said.startswith(words)
    assert bool(said) == bool(words)


@pytest.mark.parametrize(
    ("what", "side", "words"),
    [
        (HELD, MENTEE, "Pay 120.00 USD"),
        (HELD | {"by_approval": True}, MENTEE, "Reserve 120.00 USD"),
        (HELD, COACH, "Open"),
        (LAPSED, MENTEE, "Open"),
        (REQUESTED, COACH, "Answer"),
        (REQUESTED, MENTEE, "Open"),
        (OVER, COACH, "Say how it went"),
        (OVER, MENTEE, "Open"),
        (CONFIRMED, COACH, "Open"),
    ],
)
def test_a_row_has_one_action(what, side, words):
    assert wording.action(a_session(**what), reader(side)) == words


def test_a_running_clock_knows_which_of_its_words_runs():
    said = wording.state(a_session(**HELD), reader(MENTEE))
    assert said.left in said.words
    assert said.until == NOW + timedelta(minutes=14, seconds=3)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(843, "14:03"), (60, "1:00"), (59.9, "0:59"), (0, "0:00"), (-5, "0:00")]
)
def test_a_countdown_has_minutes_and_seconds_and_stops(seconds, shown):
    assert wording.countdown(NOW + timedelta(seconds=seconds), NOW) == shown


@dataclass
class Somebody:
    id: object


@pytest.mark.parametrize(
    ("person", "side", "other"),
    [(MIA, MENTEE, "Ada"), (ADA, COACH, "Mia"), (Somebody(uuid7()), ADMIN, "Ada and Mia")],
)
def test_each_reads_from_their_own_side(moment, person, side, other):
    session = a_session("confirmed")
    who = Reader.of(person, session, "UTC")
    assert (who.side, who.now) == (side, moment.now)
    assert wording.other(session, who) == other
