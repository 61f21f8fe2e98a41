"""Which topics and languages the directory offers to choose from, kept as coaches change."""

from sqlalchemy import select

from marketplace.coaches import queries
from marketplace.coaches.models import DirectoryTerm
from marketplace.coaches.transitions import transition
from marketplace.db import session
from tests.factories import a_coach, an_admin


def frequent() -> dict[str, int]:
    """The topics by how many have them."""
    kept = select(DirectoryTerm.term, DirectoryTerm.coaches)
    rows = session().execute(kept.where(DirectoryTerm.kind == "topic", DirectoryTerm.coaches > 0))
    return {row.term: row.coaches for row in rows}


def test_the_most_frequent_topics_come_first_and_only_those_of_approved_coaches() -> None:
    a_coach("ada", topics=["sql", "python"], languages=["en", "de"])
    a_coach("bea", topics=["python"], languages=["fr"])
    a_coach("eve", status="applied", topics=["wizardry"], languages=["ja"])
    assert list(queries.topics_in_use()) == ["python", "sql"]
    assert queries.topics_in_use(1) == ["python"]
    assert queries.languages_in_use() == ["en", "fr", "de"]


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
