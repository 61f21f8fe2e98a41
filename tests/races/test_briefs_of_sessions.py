"""What a session is to be about, said by its mentee in two places at the same moment."""

from itertools import cycle, islice

import pytest
from sqlalchemy import select

from marketplace.audit.queries import timeline_of
from marketplace.coaches.queries import offerings_of
from marketplace.db import session
from marketplace.notifications.models import Message
from tests.asks.test_session_briefs import EMPTY, WHOLE
from tests.doors import ApiClient
from tests.factories import a_booking, a_person
from tests.races.test_asks import FIRST, ada, at_once

__all__ = ["ada"]

pytestmark = pytest.mark.real

SAID = [EMPTY | {"aim": "A date."}, WHOLE]


@pytest.fixture
def booked(real_app, ada, stripe):
    with real_app.app_context():
        mia = a_person("Mia")
        return a_booking(mia, offerings_of(ada.id)[0], FIRST, stripe).id, mia


def changes(booking_id):
    """How often it was changed as its timeline has it, and as its coach was told."""
    told = select(Message.recipient).where(Message.key.like("brief:%"))
    actions = [entry.action for entry in timeline_of(booking_id)]
    return actions.count("booking.brief_changed"), len(session().scalars(told).all())


@pytest.mark.parametrize("writers", [2, 8])
def test_one_is_kept_as_a_whole_and_the_others_are_told_and_may_say_theirs_after_it(real_app, booked, writers):
    booking_id, mia = booked
    path = f"/bookings/{booking_id}/brief"
    with real_app.app_context():
        programs = [ApiClient.of(real_app, mia, ("read", "write")) for _ in range(writers)]
    seen = programs[0].get(path).headers["ETag"]
    said = list(islice(cycle(SAID), writers))
    puts = [
        lambda program=program, brief=brief: program.put(path, brief, If_Match=seen)
        for program, brief in zip(programs, said, strict=True)
    ]
    answers = at_once(puts)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * (writers - 1)
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    kept = programs[0].get(path)
    assert kept.json == answers[winner].json
    assert {name: kept.json[name] for name in WHOLE} == said[winner]
    assert kept.headers["ETag"] == answers[winner].headers["ETag"] != seen
    with real_app.app_context():
        assert changes(booking_id) == (1, 1)
    loser = (winner + 1) % writers
    assert programs[loser].put(path, said[loser], If_Match=kept.headers["ETag"]).status_code == 200
    after = programs[winner].get(path).json
    assert {name: after[name] for name in WHOLE} == said[loser]
    with real_app.app_context():
        assert changes(booking_id) == (2, 2)
