"""Unmet demand: who asks or searches in vain is counted from five on, and never recognised."""

import pytest
from sqlalchemy import select

from marketplace.asks.demand import queries, rules, service
from marketplace.asks.demand.models import SearchMiss
from marketplace.asks.models import AskSettings
from marketplace.asks.rules.states import DECLINED, LAPSED, OPEN
from marketplace.asks.service import answers
from marketplace.db import session
from marketplace.errors import NotFound
from tests.asks.conftest import asked
from tests.factories import a_person
from tests.pages.test_home import text_of


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("  Rust ", "rust"),
        ("Salary  NEGOTIATION", "salary negotiation"),
        ("C++", "c++"),
        ("Python 3.12", "python 3.12"),
        ("mia@example.org", None),
        ("https://mia.example", None),
        ("+49 30 123456", None),
        ("please find me somebody who knows", None),
        ("x" * 41, None),
        ("   ", None),
        ("", None),
    ],
)
def test_what_may_name_a_person_is_no_topic(words, topic):
    assert rules.counted_topic(words) == topic


def counts(actor, **how):
    return {(row.topic, row.language): row for row in queries.of_coach(actor, **({"mine": False} | how))}


def searched(times: int, words: str, language: str = "en", first: int = 0):
    for number in range(first, first + times):
        service.note_search_without_hit(words, language=language, visitor=f"10.0.0.{number}")


def test_four_are_nobody_and_five_are_a_count(ada):
    searched(4, "Zig")
    assert queries.of_coach(ada.user, mine=False) == []
    searched(1, "zig", first=4)
    assert counts(ada.user)["zig", "en"].searched == 5


def test_a_visitor_counts_once_a_day_for_a_topic_and_a_language_apart(ada):
    for _ in range(9):
        searched(1, "zig")
    searched(1, "zig", language="de")
    found = session().execute(select(SearchMiss.language, SearchMiss.searches).order_by(SearchMiss.language)).all()
    assert [tuple(row) for row in found] == [("de", 1), ("en", 1)]


def test_a_day_holds_so_many_topics_and_no_more(ada, monkeypatch):
    monkeypatch.setattr(service, "MOST_OF_A_DAY", 2)
    for number, words in enumerate(("ada", "zig", "nim", "zig")):
        service.note_search_without_hit(words, language="en", visitor=str(number))
    assert dict(session().execute(select(SearchMiss.topic, SearchMiss.searches)).all()) == {"ada": 1, "zig": 2}


def test_old_counts_are_deleted(moment):
    searched(1, "zig")
    moment.advance(days=rules.KEPT_DAYS + 1)
    service.forget_old_search_misses()
    assert session().scalars(select(SearchMiss)).all() == []


def test_each_count_of_asks_is_of_five_people_or_is_not_told(ada, offering):
    ada.topics = ["Promotion", "zig"]
    session().add(AskSettings(coach_id=ada.id, open_at_most=20, per_week=50, least_points=0, sentences={}))
    session().flush()
    asks = [asked(a_person(f"Asker {number}")) for number in range(10)]
    assert [(row.topic, row.waiting) for row in queries.of_coach(ada.user, mine=False)] == [("promotion", 10)]
    for ask in asks[:4]:
        answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply="")
    row = counts(ada.user)["promotion", "en"]
    assert (row.declined, row.waiting, row.lapsed) == (None, 6, None)
    for ask in asks[4:6]:
        answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply="")
    row = counts(ada.user)["promotion", "en"]
    assert (row.declined, row.waiting) == (6, None)
    assert {ask.status for ask in asks} == {DECLINED, OPEN}
    assert LAPSED not in {ask.status for ask in asks}


def test_a_coach_looks_at_their_own_topics_or_at_all_and_nobody_else_at_any(ada, mia, alma):
    ada.topics = ["zig"]
    session().flush()
    searched(5, "zig")
    searched(6, "cobol")
    assert set(counts(ada.user)) == {("zig", "en"), ("cobol", "en")}
    assert set(counts(ada.user, mine=True)) == {("zig", "en")}
    assert [row.topic for row in queries.of_all(alma, sort="searched", descending=True)] == ["cobol", "zig"]
    for read in (lambda: queries.of_all(ada.user), lambda: queries.of_coach(mia, mine=False)):
        with pytest.raises(NotFound):
            read()


def test_a_search_that_finds_nobody_is_counted_and_one_that_finds_somebody_is_not(client, ada, offering):
    ada.topics = ["compilers"]
    session().flush()
    client.get("/coaches?topic=compilers")
    client.get("/coaches?text=Weaving")
    client.get("/api/v1/coaches?topic=weaving&language=de")
    client.get("/coaches?max_price=0.01&currency=usd")
    found = session().execute(select(SearchMiss.topic, SearchMiss.language).order_by(SearchMiss.language)).all()
    assert [tuple(row) for row in found] == [("weaving", "de"), ("weaving", "en")]


def test_pages_and_file_say_the_same(browser_of, ada, alma):
    searched(5, "zig")
    assert "zig" in text_of(browser_of(ada.user).get("/dashboard/unmet-demand"))
    assert "zig" not in text_of(browser_of(ada.user).get("/dashboard/unmet-demand?mine=yes"))
    admin = browser_of(alma)
    assert "zig" in text_of(admin.get("/admin/unmet-demand"))
    assert text_of(admin.get("/admin/unmet-demand?format=csv")).splitlines()[1].startswith("zig,en,,,,5")
