"""Fifty people want one time at one moment, through the API and for real: one has it, the others are told alike."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import text

from marketplace.db import session
from tests.doors import ApiClient
from tests.factories import BRIEF, a_coach, a_person, an_offering, open_all_week

pytestmark = pytest.mark.real

PEOPLE = 50
TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


@pytest.fixture
def offering_id(real_app, moment):
    with real_app.app_context():
        return an_offering(open_all_week(a_coach("ada"))).id


@pytest.fixture
def programs(real_app, moment):
    with real_app.app_context():
        mentees = [a_person(f"Mentee{number}") for number in range(PEOPLE)]
        return [ApiClient.of(real_app, mentee, ("write",)) for mentee in mentees]


def at_once(programs, bodies):
    """Every program posts its body to /bookings at the same moment; answers the answers."""
    gate = Barrier(len(programs))

    def post(program, body):
        gate.wait()
        return program.post("/bookings", body)

    with ThreadPoolExecutor(len(programs)) as threads:
        return list(threads.map(post, programs, bodies))


def rows(real_app):
    with real_app.app_context():
        return session().execute(text("select status, count(*) from bookings group by status")).all()


def test_one_has_it_and_forty_nine_are_told_so_with_one_sentence(real_app, offering_id, programs):
    wanted = {"offering_id": str(offering_id), "starts_at": TEN.isoformat(), "brief": BRIEF}
    answers = at_once(programs, [wanted] * PEOPLE)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: PEOPLE - 1}
    refusals = {answer.json["detail"] for answer in answers if answer.status_code == 409}
    assert refusals == {"Somebody has just booked this time."}
    assert rows(real_app) == [("held", 1)]


def test_overlapping_times_go_to_people_who_do_not_overlap(real_app, offering_id, programs):
    starts = [TEN.replace(hour=9 + number % 5, minute=15 * (number % 4)) for number in range(PEOPLE)]
    bodies = [{"offering_id": str(offering_id), "starts_at": at.isoformat(), "brief": BRIEF} for at in starts]
    answers = at_once(programs, bodies)
    assert {answer.status_code for answer in answers} == {201, 409}
    held = sorted(answer.json["starts_at"] for answer in answers if answer.status_code == 201)
    with real_app.app_context():
        pairs = "select count(*) from bookings a join bookings b on a.id < b.id and a.blocked && b.blocked"
        assert session().scalar(text(pairs)) == 0
    assert rows(real_app) == [("held", len(held))]
