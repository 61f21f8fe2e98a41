"""A brief is its mentee's, until the session begins."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings.briefs.rules import may_change
from marketplace.bookings.rules import CLAIMING, STATES

STARTS = datetime(2027, 3, 10, 18, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MENTEE = uuid.UUID(int=5)


def changes(person_id=MENTEE, status="confirmed", now=STARTS - SECOND):
    return may_change(
        # As two rows of a database give it: equal, and not the same object.
        person_id=uuid.UUID(int=person_id.int),
        mentee_id=MENTEE,
        status=status,
        starts_at=STARTS,
        now=now,
    )


@pytest.mark.parametrize(("before", "may"), [(SECOND, True), (timedelta(0), False), (-SECOND, False)])
def test_to_the_second_it_can_be_changed_until_it_begins(before, may):
    assert changes(now=STARTS - before) is may


@pytest.mark.parametrize("person", [uuid.UUID(int=4), uuid.UUID(int=6)])
def test_nobody_else_changes_it(person):
    assert not changes(person_id=person)


@pytest.mark.parametrize("status", STATES.states)
def test_it_can_be_changed_while_the_session_is_to_come(status):
    assert changes(status=status) is (status in CLAIMING)
    assert not changes(person_id=uuid.UUID(int=4), status=status)
