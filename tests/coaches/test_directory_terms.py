"""Which topics and languages the directory offers to choose from, kept as coaches change."""

from sqlalchemy import select

from marketplace.coaches.models import DirectoryTerm
from marketplace.coaches.transitions import transition
from marketplace.db import session
from tests.factories import a_coach, an_admin


def frequent() -> dict[str, int]:
    """The topics by how many have them."""
    kept = select(DirectoryTerm.term, DirectoryTerm.coaches)
    rows = session().execute(kept.where(DirectoryTerm.kind == "topic", DirectoryTerm.coaches > 0))
    return {row.term: row.coaches for row in rows}


def test_they_follow_a_coach_who_is_approved_changes_and_is_gone() -> None:
    ada = a_coach("ada", topics=["sql"])
    bea = a_coach("bea", topics=["sql"], status="applied")
    assert frequent() == {"sql": 1}
    transition(bea, "approved", by=an_admin().id)
    session().flush()
    assert frequent() == {"sql": 2}
    ada.topics = ["rust", "sql"]
    session().flush()
    assert frequent() == {"rust": 1, "sql": 2}
    transition(ada, "suspended", by=an_admin("Root").id, reason="They asked for it.")
    session().flush()
    assert frequent() == {"sql": 1}
