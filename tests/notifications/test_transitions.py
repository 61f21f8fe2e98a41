"""Which state of a message may follow which, in the table, the command and the database alike."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from marketplace.db import session
from marketplace.notifications import queries, service
from marketplace.notifications.models import Message
from marketplace.notifications.rules.messages import SENT, STATES
from marketplace.notifications.transitions import transition
from marketplace.states import TransitionRefused
from tests.transitions import every_pair, states_of_the_database


@pytest.fixture
def message():
    service.notify("mia@example.com", template="note_shared", **FACTS)
    return queries.locked(session().scalars(select(Message.id)).one())


FACTS = {
    "name": "Mia",
    "coach": "Ada",
    "title": "One hour",
    "starts_at": datetime(2027, 3, 4, 10, tzinfo=UTC),
    "zone": "UTC",
    "session_url": "http://localhost/sessions/1",
}


def put(message, state):
    session().execute(update(Message).where(Message.id == message.id).values(status=state, error="Refused."))
    session().refresh(message)


@pytest.mark.parametrize(("state", "to"), every_pair(STATES))
def test_a_message_moves_as_the_table_says_and_no_other_way(message, moment, state, to):
    put(message, state)
    if not STATES.allows(state, to):
        with pytest.raises(TransitionRefused):
            transition(message, to)
        assert message.status == state
        return
    transition(message, to)
    session().flush()
    session().refresh(message)
    assert message.status == to
    assert (message.sent_at, message.error) == ((moment.now, None) if to == SENT else (None, "Refused."))


def test_the_database_knows_the_same_states_and_refuses_others(message):
    assert states_of_the_database("messages") == set(STATES.states)
    with pytest.raises(IntegrityError), session().begin_nested():
        put(message, "lost")
