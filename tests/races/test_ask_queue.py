"""Queues of coaches, with real commits: one freed place goes to one, and nobody is passed over."""

from collections import Counter

import pytest
from sqlalchemy import text

from marketplace.asks.queue import service as queue
from marketplace.asks.service import choices, sending
from marketplace.db import session
from tests.asks.conftest import BRIEF
from tests.doors import ApiClient
from tests.factories import a_person
from tests.races.test_asks import ASK, LIMITS, ada, at_once, in_context, waiting

__all__ = ["ada"]

pytestmark = pytest.mark.real

PEOPLE = 50


def statuses(real_app):
    with real_app.app_context():
        found = session().execute(text("select status, count(*) from ask_queue_places group by status"))
        return dict(found.all())


def test_fifty_who_wait_or_ask_for_one_freed_place_are_taken_in_order(real_app, ada):
    """Those who wait, those who come meanwhile, the job, and the coach who makes the place free, all at once."""
    with real_app.app_context():
        choices.choose(ada.user, **LIMITS | {"open_at_most": 1})
        ask = sending.send(a_person(), handle="ada", **BRIEF)
        people = [a_person(f"P{number}") for number in range(PEOPLE)]
        clients = [ApiClient.of(real_app, person, ("write",)) for person in people]
        coach = ApiClient.of(real_app, ada.user, ("write",))
        first = queue.join(people[0], handle="ada", **BRIEF).id
    deeds = [lambda: coach.post(f"/asks/{ask.id}/decline", {"reason": "no_time"})]
    deeds += [lambda c=client: c.post("/ask-queue", ASK) for client in clients[1:3]]
    deeds += [lambda c=client: c.post("/asks", ASK) for client in clients[3:]]
    deeds += [lambda: in_context(real_app, queue.advance_queues)]
    answers = [answer for answer in at_once(deeds) if answer is not None]
    assert Counter(answer.status_code for answer in answers) == {200: 1, 201: 2, 409: PEOPLE - 3}
    in_context(real_app, queue.advance_queues)
    assert waiting(real_app) == 1
    assert statuses(real_app) == {"sent": 1, "waiting": 2}
    with real_app.app_context():
        assert session().scalar(text("select status from ask_queue_places where id = :id"), {"id": first}) == "sent"


def test_a_place_is_either_left_or_sent(real_app, ada):
    with real_app.app_context():
        choices.choose(ada.user, **LIMITS | {"open_at_most": 1})
        ask = sending.send(a_person(), handle="ada", **BRIEF)
        noor = a_person("Noor")
        place = queue.join(noor, handle="ada", **BRIEF)
        client = ApiClient.of(real_app, noor, ("write",))
        sending.withdraw(ask.asker, ask_id=ask.id)
    deeds = [lambda: client.post(f"/ask-queue/{place.id}/leave")] * 6
    deeds += [lambda: in_context(real_app, queue.advance_queues)] * 6
    at_once(deeds)
    found = statuses(real_app)
    assert found in ({"sent": 1}, {"left": 1})
    assert waiting(real_app) == found.get("sent", 0)


def test_one_person_at_many_doors_has_one_place(real_app, ada):
    with real_app.app_context():
        choices.choose(ada.user, **LIMITS | {"open_at_most": 1})
        sending.send(a_person(), handle="ada", **BRIEF)
        client = ApiClient.of(real_app, a_person("Noor"), ("write",))
    answers = at_once([lambda: client.post("/ask-queue", ASK)] * 12)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 11}
    assert statuses(real_app) == {"waiting": 1}
