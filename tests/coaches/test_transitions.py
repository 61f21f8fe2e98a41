"""Which state of vetting may follow which, in the table, the command and the database alike."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from marketplace.audit.models import AuditEntry
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import APPLIED, STATES, STATUS_NAMES
from marketplace.coaches.transitions import transition
from marketplace.db import session
from marketplace.states import TransitionRefused
from tests.factories import a_coach, an_admin
from tests.transitions import every_pair, states_of_the_database


@pytest.fixture
def coach():
    return a_coach("ada")


def put(coach, state):
    session().execute(update(Coach).where(Coach.id == coach.id).values(status=state))
    session().refresh(coach)


@pytest.mark.parametrize(("state", "to"), every_pair(STATES))
def test_a_coach_moves_as_the_table_says_and_no_other_way(coach, moment, state, to):
    admin = an_admin()
    put(coach, state)
    moment.advance(minutes=5)
    if not STATES.allows(state, to):
        with pytest.raises(TransitionRefused):
            transition(coach, to, by=admin.id)
        assert coach.status == state
        return
    transition(coach, to, by=admin.id, reason="Seen.", licence="BDP 1")
    session().flush()
    session().refresh(coach)
    assert coach.status == to
    if to == APPLIED:
        decided = (None, None, None)
        assert coach.applied_at == moment.now
    else:
        decided = (moment.now, admin.id, "Seen.")
    assert (coach.decided_at, coach.decided_by, coach.decision_reason) == decided
    written = session().scalars(select(AuditEntry).where(AuditEntry.subject_id == str(coach.id))).all()
    assert (written[-1].action, written[-1].actor_id) == (f"coach.{to}", admin.id)
    assert written[-1].details == {"reason": "Seen.", "licence": "BDP 1"}


def test_every_state_has_a_name_and_the_database_knows_no_other(coach):
    assert list(STATUS_NAMES) == [APPLIED, "approved", "rejected", "suspended"]
    assert states_of_the_database("coaches") == set(STATES.states) == set(STATUS_NAMES)
    with pytest.raises(IntegrityError), session().begin_nested():
        put(coach, "retired")
