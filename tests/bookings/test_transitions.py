"""Every pair of states of a booking and of a reschedule, tried against the function that moves it and the database."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from marketplace import clock
from marketplace.attendance import service as attendance
from marketplace.attendance.rules import COACH_NO_SHOW
from marketplace.audit.queries import timeline_of
from marketplace.bookings import queries, rules
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.bookings.models import Booking
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.reschedules import rules as reschedule_rules
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.reschedules import transitions as reschedule_transitions
from marketplace.bookings.reschedules.models import Reschedule
from marketplace.bookings.transitions import expire_holds_where, transition
from marketplace.db import session
from marketplace.errors import FairhourError
from marketplace.payments.models import Payment
from marketplace.states import TransitionRefused
from tests.factories import a_hold, a_person

THURSDAY_AT_TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
STOOD = THURSDAY_AT_TEN - timedelta(days=2)

STATES = rules.STATES.states
RESCHEDULE_STATES = reschedule_rules.STATES.states
FOLLOWING = {
    "held": {"requested", "confirmed", "cancelled", "expired"},
    "requested": {"confirmed", "cancelled", "expired", "declined"},
    "confirmed": {"completed", "cancelled"},
    "completed": {"cancelled", "confirmed"},
    "cancelled": set(),
    # The bank is sending the money, the card is authorised, or it is paid: after the hold had lapsed.
    "expired": {"held", "requested", "confirmed"},
    "declined": set(),
}


def outcome_of(status):
    return "took_place" if status == "completed" else None


def put(booking, status, **changes):
    """The row as the database has it in that state, whatever came before."""
    values = {"status": status, "outcome": outcome_of(status)} | changes
    session().execute(update(Booking).where(Booking.id == booking.id).values(**values))
    session().commit()
    return queries.locked(booking.id)


@pytest.fixture
def held(mia, offering):
    return a_hold(mia, offering, THURSDAY_AT_TEN)


def test_the_table_of_bookings_is_this():
    assert dict(rules.STATES.following) == FOLLOWING
    assert rules.STATES.initial == {"held"}


@pytest.mark.parametrize(("state", "to"), [*product(STATES, STATES)])
def test_a_booking_moves_from_each_state_to_each_as_the_table_says(held, mia, state, to):
    booking = put(held, state)
    trail = len(timeline_of(booking.id))
    if to not in FOLLOWING[state]:
        with pytest.raises(TransitionRefused) as refused:
            transition(booking, to, by=mia.id, reason="why", outcome=outcome_of(to))
        assert refused.value.details == {"machine": "booking", "state": state, "to": to}
        session().commit()
        assert queries.locked(booking.id).status == state
        assert len(timeline_of(booking.id)) == trail
        return
    transition(booking, to, by=mia.id, reason="why", outcome=outcome_of(to))
    session().commit()
    after = queries.locked(booking.id)
    assert (after.status, after.outcome) == (to, outcome_of(to))
    ended = (None, None, None) if to in {"held", "requested", "confirmed"} else (clock.now(), mia.id, "why")
    assert (after.ended_at, after.ended_by, after.end_reason) == ended
    assert after.confirmed_at == (clock.now() if to == "confirmed" else None)
    assert after.sequence == (1 if to == "cancelled" else 0)
    *_, entry = timeline_of(booking.id)
    assert (entry.action, entry.actor_id) == (f"booking.{to}", mia.id)


@pytest.mark.parametrize("status", STATES)
def test_the_database_lets_another_have_the_time_unless_the_state_claims_it(held, offering, status):
    put(held, status)
    other = a_hold(a_person("Noor"), offering, THURSDAY_AT_TEN + 2 * HOUR)
    at_the_same_time = {"starts_at": held.starts_at, "ends_at": held.ends_at, "blocked": held.blocked}
    overlap = update(Booking).where(Booking.id == other.id).values(**at_the_same_time)
    if status in rules.CLAIMING:
        with pytest.raises(IntegrityError, match="bookings_one_session_at_a_time"):
            session().execute(overlap)
        session().rollback()
    else:
        session().execute(overlap)
    assert (status in rules.CLAIMING) is (status in {"held", "requested", "confirmed"})


@pytest.mark.parametrize(("status", "outcome"), [*product(STATES, [None, "took_place", "mentee_no_show"])])
def test_the_database_knows_an_outcome_of_a_completed_session_alone(held, status, outcome):
    if (status == "completed") is (outcome is not None):
        put(held, status, outcome=outcome)
        return
    with pytest.raises(IntegrityError, match="completed_with_outcome"):
        put(held, status, outcome=outcome)
    session().rollback()


@pytest.mark.parametrize("status", STATES)
def test_the_holds_in_the_way_end_together_and_nothing_else_does(held, status):
    booking = put(held, status)
    expire_holds_where(Booking.coach_id == booking.coach_id)
    session().commit()
    assert queries.locked(booking.id).status == ("expired" if status == "held" else status)


def a_payment(booking, status="paid"):
    """Its price, paid or reserved."""
    payment = Payment(
        payer_id=booking.mentee_id,
        subject_id=booking.id,
        description=booking.title,
        amount_cents=booking.price_cents,
        currency=booking.currency,
        manual_capture=False,
        status=status,
        return_url="http://localhost/",
        checkout_expires_at=booking.hold_expires_at,
    )
    session().add(payment)
    session().commit()
    return payment


def paid(booking):
    payment_outcomes.payment_changed(str(booking.payment_id))


def cancelled(booking):
    quote = cancellations.quote_cancellation(booking.mentee, booking_id=booking.id)
    cancellations.cancel(booking.mentee, booking_id=booking.id, expected_refund_cents=quote.refund_cents)


def approved(booking):
    approvals.approve(booking.coach.user, booking_id=booking.id)


def declined(booking):
    approvals.decline(booking.coach.user, booking_id=booking.id)


def lapsed(booking):
    hold_expiry.expire_hold(str(booking.id))
    approvals.lapse_requests()


def completed(booking):
    completions.complete(booking.coach.user, booking_id=booking.id, outcome="took_place")


def unmarked(_booking):
    completions.complete_sessions()


def coach_missed(booking):
    attendance.report_no_show(booking.mentee, booking_id=booking.id)
    attendance.answer_no_show(booking.coach.user, booking_id=booking.id, answer=COACH_NO_SHOW)


# What each command makes of each state, some time before the session or after it; it leaves the other states alone.
BEFORE, AFTER = -3 * HOUR, 2 * HOUR
COMMANDS = [
    (paid, BEFORE, {"held": "confirmed", "requested": "confirmed", "expired": "confirmed"}),
    (cancelled, BEFORE, {"held": "cancelled", "requested": "cancelled", "confirmed": "cancelled"}),
    (approved, BEFORE, {"requested": "requested"}),
    (declined, BEFORE, {"requested": "declined"}),
    (lapsed, AFTER, {"held": "expired", "requested": "expired"}),
    (completed, AFTER, {"confirmed": "completed"}),
    (unmarked, AFTER + 24 * HOUR, {"confirmed": "completed"}),
    (coach_missed, AFTER, {"confirmed": "cancelled", "completed": "cancelled"}),
]


@pytest.mark.parametrize(("command", "when", "becomes"), COMMANDS, ids=[row[0].__name__ for row in COMMANDS])
@pytest.mark.parametrize("state", STATES)
def test_each_command_does_to_each_state_what_the_table_allows_and_refuses_the_rest(
    held, moment, command, when, becomes, state
):
    moment.set(THURSDAY_AT_TEN + when)
    until = clock.now() + (HOUR if when == BEFORE else -HOUR)
    # What lapses was reserved and not taken; the rest was paid for.
    payment = a_payment(held, "authorized" if command is lapsed and state == "requested" else "paid")
    facts = {"confirmed_at": STOOD if state in {"confirmed", "completed"} else None, "payment_id": payment.id}
    booking = put(held, state, decide_by=until, hold_expires_at=until, **facts)
    to = becomes.get(state, state)
    try:
        command(booking)
    except FairhourError:
        assert state not in becomes
    assert queries.locked(booking.id).status == to
    assert to == state or to in FOLLOWING[state]


@pytest.fixture
def booked(held):
    return put(held, "confirmed", confirmed_at=STOOD)


def a_proposal(booking, status):
    """A proposal for two hours later, as the database has it in that state."""
    reschedules.propose(booking.coach.user, booking_id=booking.id, starts_at=booking.starts_at + 2 * HOUR)
    (proposal,) = reschedule_queries.reschedules_of(booking.mentee, booking.id)
    decided = None if status == "proposed" else clock.now() - HOUR
    session().execute(update(Reschedule).values(status=status, decided_at=decided))
    session().commit()
    return reschedule_queries.locked_reschedule(booking, proposal.id)


def test_the_table_of_reschedules_is_this():
    answers = {"accepted", "declined", "withdrawn", "lapsed"}
    assert dict(reschedule_rules.STATES.following) == {"proposed": answers} | {end: set() for end in [*answers, "done"]}
    assert reschedule_rules.STATES.initial == {"proposed", "done"}


@pytest.mark.parametrize(("state", "to"), [*product(RESCHEDULE_STATES, RESCHEDULE_STATES)])
def test_a_reschedule_moves_from_each_state_to_each_as_the_table_says(booked, state, to):
    proposal = a_proposal(booked, state)
    decided_at = proposal.decided_at
    if state == "proposed" and to in {"accepted", "declined", "withdrawn", "lapsed"}:
        reschedule_transitions.transition(proposal, to)
        session().commit()
        proposal = reschedule_queries.locked_reschedule(booked, proposal.id)
        assert (proposal.status, proposal.decided_at) == (to, clock.now())
        return
    with pytest.raises(TransitionRefused):
        reschedule_transitions.transition(proposal, to)
    session().commit()
    proposal = reschedule_queries.locked_reschedule(booked, proposal.id)
    assert (proposal.status, proposal.decided_at) == (state, decided_at)


@pytest.mark.parametrize("to", RESCHEDULE_STATES)
@pytest.mark.parametrize("state", RESCHEDULE_STATES)
def test_closing_what_is_open_touches_no_proposal_that_was_decided(booked, state, to):
    proposal = a_proposal(booked, state)
    if to in {"proposed", "done"}:
        with pytest.raises(TransitionRefused):
            reschedule_transitions.close_open_proposal(booked.id, to)
        return
    reschedule_transitions.close_open_proposal(booked.id, to)
    session().commit()
    assert reschedule_queries.locked_reschedule(booked, proposal.id).status == (to if state == "proposed" else state)


ANSWERS = [
    (reschedules.accept, "mentee", "accepted"),
    (reschedules.decline, "mentee", "declined"),
    (reschedules.withdraw, "coach", "withdrawn"),
]


@pytest.mark.parametrize(("command", "who", "to"), ANSWERS)
@pytest.mark.parametrize("state", RESCHEDULE_STATES)
def test_an_answer_is_taken_by_an_open_proposal_alone(booked, command, who, to, state):
    proposal = a_proposal(booked, state)
    person = booked.mentee if who == "mentee" else booked.coach.user
    if state != "proposed":
        with pytest.raises(reschedules.ProposalAnswered):
            command(person, booking_id=booked.id, reschedule_id=proposal.id)
        to = state
    else:
        command(person, booking_id=booked.id, reschedule_id=proposal.id)
    assert reschedule_queries.locked_reschedule(booked, proposal.id).status == to
