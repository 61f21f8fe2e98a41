"""What must be true of earlier answers is looked at, and found broken where somebody went behind the application."""

import pytest
from sqlalchemy import text

from marketplace.asks.earlier_answers import service
from marketplace.asks.earlier_answers.rules import Source
from marketplace.db import session
from tests.invariants.conftest import broken
from tests.invariants.test_invariants import behind_our_back


@pytest.fixture
def counted(mia, published, item):
    for source in (Source("answer", published.id), Source("shelf", item.id)):
        service.count(mia, handle="ada", source=source)


def test_where_answers_were_released_and_counted_nothing_is_broken(counted):
    assert broken() == set()


@pytest.mark.parametrize(
    "change",
    [
        "update published_answers set title = 'Another', released = 'Another' || substring(released from '\x1f.*')",
        "update asks set asker_id = (select user_id from coaches)",
        "delete from audit_entries where action = 'published_answer.published'",
    ],
)
def test_what_its_asker_did_not_release_is_named(counted, change):
    behind_our_back(change)
    assert broken() == {"published_answers_were_released"}


@pytest.mark.parametrize("table", ["published_answers", "shelf_items"])
def test_a_count_that_nobody_said_is_named(counted, table):
    session().execute(text(f"update {table} set helped = helped + 1"))
    assert broken() == {"earlier_answers_count_once"}
