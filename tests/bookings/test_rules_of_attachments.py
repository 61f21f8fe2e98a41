"""Who attaches files to a brief and how long they are kept: tables."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings.attachments import rules
from marketplace.bookings.rules import CLAIMING, STATES

FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize("status", sorted(STATES.states))
def test_the_mentee_attaches_files_until_the_session_has_ended(status):
    # An equal id that is another object, as the database gives it.
    assert rules.may_attach(person_id=uuid.UUID(int=1), mentee_id=FIRST, status=status) == (status in CLAIMING)


@pytest.mark.parametrize(("person", "mentee"), [(FIRST, SECOND), (SECOND, FIRST)])
def test_nobody_else_does(person, mentee):
    assert not any(rules.may_attach(person_id=person, mentee_id=mentee, status=status) for status in STATES.states)


def test_a_brief_has_five_files_at_most():
    assert rules.MOST == 5


@pytest.mark.parametrize("days", [1, 30, 365])
def test_files_are_kept_so_many_days_after_the_end(days):
    now = datetime(2027, 3, 1, 9, tzinfo=UTC)
    assert now - rules.ended_before(now, kept_days=days) == timedelta(days=days)
