"""Which state of a waitlist entry may follow which, in the table, the command and the database alike."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from marketplace.audit.models import AuditEntry
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.bookings.waitlist_entries.rules import BOOKED, LEFT, OFFERED, OPEN, OVER, STATES, WAITING
from marketplace.bookings.waitlist_entries.transitions import transition
from marketplace.db import session
from marketplace.states import TransitionRefused
from marketplace.waitlist import service
from tests.factories import BRIEF, a_coach, a_hold, a_person, an_offering, weekly_hours
from tests.transitions import every_pair, states_of_the_database

THURSDAY_AT_TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def entry():
    """Mia waits for the one hour that Otto holds."""
    coach = a_coach("ada")
    weekly_hours(coach, 3, "11:00", "12:00")
    offering = an_offering(coach)
    a_hold(a_person("Otto"), offering, THURSDAY_AT_TEN)
    days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 7)}
    return service.join(a_person("Mia"), offering_id=offering.id, brief=BRIEF, **days)


def put(entry, state):
    """Write a state as the database has it, whatever came before."""
    ended_at = None if state in OPEN else entry.created_at
    booking_id = a_booking_id() if state == OFFERED else None
    facts = {"status": state, "ended_at": ended_at, "booking_id": booking_id}
    session().execute(update(WaitlistEntry).where(WaitlistEntry.id == entry.id).values(facts))
    session().refresh(entry)


def a_booking_id():
    coach = a_coach("beth")
    weekly_hours(coach, 3)
    return a_hold(a_person("Noor"), an_offering(coach), THURSDAY_AT_TEN).id


@pytest.mark.parametrize(("state", "to"), every_pair(STATES))
def test_an_entry_moves_as_the_table_says_and_no_other_way(entry, moment, state, to):
    put(entry, state)
    moment.advance(minutes=5)
    if to == OFFERED and state == WAITING:
        entry.booking_id = a_booking_id()
    if not STATES.allows(state, to):
        with pytest.raises(TransitionRefused):
            transition(entry, to)
        assert entry.status == state
        return
    transition(entry, to, reason="tried")
    session().flush()
    session().refresh(entry)
    assert entry.status == to
    assert entry.ended_at == (None if to in OPEN else moment.now)
    assert (entry.queued_at == moment.now) is (to == WAITING)
    written = (
        session()
        .scalars(select(AuditEntry).where(AuditEntry.subject_id == str(entry.id)).order_by(AuditEntry.at))
        .all()
    )
    assert (written[-1].action, written[-1].details) == (f"waitlist.{to}", {"reason": "tried"})


def test_the_database_knows_the_same_states():
    assert states_of_the_database("waits") == set(STATES.states)
    assert set(STATES.states) == {WAITING, OFFERED, BOOKED, LEFT, OVER}


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "lost", "ended_at": THURSDAY_AT_TEN},
        {"status": OFFERED},
        {"status": LEFT},
        {"ended_at": THURSDAY_AT_TEN},
    ],
    ids=["an unknown state", "an offer of nothing", "ended at no time", "an end of what waits"],
)
def test_the_database_refuses_what_no_command_writes(entry, facts):
    with pytest.raises(IntegrityError), session().begin_nested():
        session().execute(update(WaitlistEntry).where(WaitlistEntry.id == entry.id).values(facts))
