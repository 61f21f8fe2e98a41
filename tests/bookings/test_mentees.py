"""A coach's mentees, page by page: whoever has or had the latest session first; and the sessions with one of them."""

import uuid
from datetime import timedelta

import pytest

from marketplace.bookings.mentees import queries as mentees
from marketplace.errors import NotFound
from tests.factories import a_booking, a_person
from tests.scenes import TEN

DAY = timedelta(days=1)


@pytest.fixture
def three(mia, offering, stripe):
    """Mia, Noor and Zoe, each a day after the one before."""
    people = [mia, a_person("Noor"), a_person("Zoe")]
    for number, person in enumerate(people):
        a_booking(person, offering, TEN + number * DAY, stripe)
    return people


def test_one_page_follows_the_other_and_nobody_is_lost_or_there_twice(ada, three):
    mia, noor, zoe = three
    first = mentees.mentees_of(ada, limit=2)
    assert [each.id for each in first.mentees] == [zoe.id, noor.id]
    second = mentees.mentees_of(ada, after=first.after, limit=2)
    assert ([each.id for each in second.mentees], second.after) == ([mia.id], None)


def test_past_sessions_have_pages_too(ada, mia, offering, stripe, moment):
    held = [a_booking(mia, offering, TEN + number * DAY, stripe) for number in range(3)]
    moment.set(TEN + 4 * DAY)
    first = mentees.past(ada, mia.id, limit=2)
    assert [each.id for each in first.bookings] == [held[2].id, held[1].id]
    second = mentees.past(ada, mia.id, after=first.after, limit=2)
    assert [each.id for each in second.bookings] == [held[0].id]


def test_after_a_session_that_is_none_of_theirs_there_is_nothing(ada, mia, three):
    with pytest.raises(NotFound):
        mentees.past(ada, mia.id, after=uuid.uuid4())
