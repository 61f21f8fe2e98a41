"""What is said at one moment and for real: an earlier answer counts once for a person, each side of a session once."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.accounts.models import User
from marketplace.bookings.completions import service as completions
from marketplace.coaches.queries import offerings_of
from marketplace.coaches.shelf import service as shelf
from marketplace.db import session
from marketplace.invariants import queries as invariant_queries
from tests.doors import ApiClient
from tests.factories import a_booking, a_person
from tests.races.test_asks import FIRST, ada, at_once

__all__ = ["ada"]

pytestmark = pytest.mark.real

PEOPLE, TIMES = 4, 6
POST = {
    "kind": "post",
    "title": "How I choose",
    "url": "https://ada.example/choose",
    "line": "When two ways are open.",
    "language": "en",
}
# Nobody works off the jobs here.
UNDER_WAY = {"jobs_are_done", "mail_goes"}


def broken():
    return {finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well} - UNDER_WAY


def rows(statement):
    return [tuple(row) for row in session().execute(text(statement))]


@pytest.fixture
def item(real_app, ada):
    with real_app.app_context():
        return shelf.add(session().get_one(User, ada.user_id), **POST)


@pytest.fixture
def people(real_app):
    with real_app.app_context():
        return [ApiClient.of(real_app, a_person(f"P{number}"), ("write",)) for number in range(PEOPLE)]


def test_this_answered_it_counts_once_for_each_person(real_app, item, people):
    enough = {"source": "shelf", "id": str(item.id)}
    answers = at_once([lambda one=one: one.post("/coaches/ada/answered", enough) for one in people * TIMES])
    assert {answer.status_code for answer in answers} == {200}
    assert Counter(answer.json["counted"] for answer in answers) == {True: PEOPLE, False: PEOPLE * (TIMES - 1)}
    with real_app.app_context():
        assert rows("select helped from shelf_items") == [(PEOPLE,)]
        assert broken() == set()


def test_what_is_taken_off_the_shelf_meanwhile_is_counted_or_is_not_there(real_app, ada, item, people):
    with real_app.app_context():
        coach = ApiClient.of(real_app, session().get_one(User, ada.user_id), ("write",))
    enough = {"source": "shelf", "id": str(item.id)}
    said = [lambda one=one: one.post("/coaches/ada/answered", enough) for one in people * 2]
    *answers, taken = at_once([*said, lambda: coach.call("DELETE", f"/coach/shelf/{item.id}")])
    assert {answer.status_code for answer in answers} <= {200, 404}
    assert taken.status_code == 204
    with real_app.app_context():
        assert rows("select id from deflections where shelf_item_id is not null") == []
        assert broken() == set()


def test_both_sides_say_at_once_what_a_session_was_and_each_is_kept_once(real_app, ada, stripe, moment):
    with real_app.app_context():
        mia, coach = a_person(), session().get_one(User, ada.user_id)
        booking = a_booking(mia, offerings_of(ada.id)[0], FIRST, stripe)
        moment.set(booking.ends_at + timedelta(minutes=20))
        completions.complete(coach, booking_id=booking.id, outcome="took_place")
        sides = [ApiClient.of(real_app, one, ("write", "read")) for one in (mia, coach)]
    path = f"/bookings/{booking.id}/feedback"
    said = [{"kind": kind, "dealt_with": kind == "mentor"} for kind in ("mentor", "tutor", "other")]
    answers = at_once([lambda one=one, what=what: one.post(path, what) for one in sides for what in said * 2])
    assert {answer.status_code for answer in answers} == {200}
    with real_app.app_context():
        kept = rows("select side, kind, dealt_with from session_feedback order by side")
        assert [side for side, *_said in kept] == ["coach", "mentee"]
        assert all({"kind": kind, "dealt_with": dealt_with} in said for _side, kind, dealt_with in kept)
        assert broken() == set()
