"""What a coach answered before is found by stems and misspelt words, in the language in which it is asked."""

import pytest

from marketplace.asks.earlier_answers import queries
from marketplace.asks.earlier_answers.rules import Source, address_digest
from marketplace.asks.published_answers import service as published_answers
from marketplace.coaches.shelf import service as shelf
from marketplace.errors import NotFound
from tests.asks.earlier_answers.conftest import ON_SHELF, publish
from tests.factories import a_coach, a_person


@pytest.mark.parametrize(
    ("about", "language", "found"),
    [
        ("Two of us want one promotion, who decides in our team?", "en", 2),
        ("Promotionn and teams", "en", 2),
        ("How do I grow tomatoes on a balcony?", "en", 0),
        ("", "en", 0),
        ("and the of", "en", 0),
        ("Wer entscheidet?", "de", 0),
    ],
)
def test_what_says_enough_is_found(ada, published, item, about, language, found):
    assert len(queries.found(ada, about, language=language)) == found


def test_stems_are_those_of_the_askers_language(ada, published):
    german = {"title": "Zwei wollen befördert werden", "question": "Entscheidungen im kleinen Team", "language": "de"}
    publish(ada, a_person("Lea"), **german)
    titles = [each.title for each in queries.found(ada, "Welche Entscheidung, wer wird befördert?", language="de")]
    assert titles == [german["title"]]


def test_what_says_most_stands_first_and_three_of_a_source_are_shown(ada, published, item):
    for number in range(3):
        shelf.add(ada.user, **ON_SHELF | {"title": f"Promotions {number}", "line": "On teams."})
    found = queries.found(ada, "A promotion in a small team: who decides?", language="en")
    assert [each.kind for each in found] == ["answer", "book", "book", "book"]
    assert found[1].title == ON_SHELF["title"]


def test_nothing_of_another_coach_and_nothing_that_is_not_public_is_found(ada, published, item):
    eve = a_coach("eve")
    about = "Who of two gets the promotion in a team?"
    assert queries.found(eve, about, language="en") == []
    for source in (Source("answer", published.id), Source("shelf", item.id)):
        with pytest.raises(NotFound):
            queries.one(eve, source)
    published_answers.withdraw(ada.user, ask_id=published.ask_id)
    assert [each.kind for each in queries.found(ada, about, language="en")] == ["book"]
    with pytest.raises(NotFound):
        queries.one(ada, Source("answer", published.id))


@pytest.mark.pure
@pytest.mark.parametrize("typed", ["", "answer", "answer:x", "other:018f0000-0000-7000-8000-000000000000"])
def test_what_is_no_source_is_none(typed):
    assert Source.read(typed) is None


@pytest.mark.pure
def test_spellings_of_one_address_have_one_digest():
    assert address_digest(" Nia@Example.com", key="k") == address_digest("nia@example.com", key="k")
    assert address_digest("nia@example.com", key="k") != address_digest("nia@example.com", key="l")
