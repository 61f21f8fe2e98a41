"""Searching C++, C# and .net finds who says so, and nobody else."""

import pytest

from marketplace.coaches import rules
from marketplace.coaches.directory.queries import DirectoryCriteria, directory
from marketplace.coaches.words import queries as word_queries
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.queries.search import search
from tests.factories import a_coach, an_offering, open_all_week


@pytest.fixture
def coaches():
    said = {
        "cpp": {"topics": ["c++", "careers"]},
        "sharp": {"headline": "C# and F#, from the start"},
        "dotnet": {"about": "Twenty years of .NET/Azure, and (C#)."},
        "plain": {"about": "Careers, chemistry, networks and the c of it all."},
    }
    for handle, words in said.items():
        an_offering(open_all_week(a_coach(handle, **words)))


@pytest.fixture(params=[word_queries.COMMON, 1], ids=["of rare words", "of common words"])
def common(request, monkeypatch):
    """From how many profiles on words are looked for in whoever comes next, instead of by their index."""
    monkeypatch.setattr(word_queries, "COMMON", request.param)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C++", {"cpp"}),
        ("c++,", {"cpp"}),
        ("C#", {"sharp", "dotnet"}),
        ("f#", {"sharp"}),
        (".net", {"dotnet"}),
        (".NET C#", {"dotnet"}),
        ("C+", set()),
        (".ne", set()),
        ("#", set()),
        ("++", set()),
        ("chemistry", {"plain"}),
        ("careers", {"cpp", "plain"}),
    ],
)
def test_words_with_signs_are_words(text, found, coaches, common):
    assert {listing.coach.handle for listing in directory(DirectoryCriteria(text=text)).items} == found
    met = search(criteria=SearchCriteria(text=text), windows=None, after=None, limit=20)
    assert {each.coach.handle for each in met.items} == found


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        ({"text": "careers", "topic": "c++"}, {"cpp"}),
        ({"text": "careers", "topic": "gardening"}, set()),
        ({"text": "careers", "language": "en"}, {"cpp", "plain"}),
        ({"text": "careers", "language": "zu"}, set()),
        ({"text": "careers", "topic": "c++", "language": "en"}, {"cpp"}),
        ({"text": "careers", "currency": "usd", "max_price_cents": 1}, set()),
        ({"text": "carrers"}, {"cpp", "plain"}),
    ],
)
def test_common_words_find_the_same_as_rare_ones_beside_other_criteria(criteria, found, coaches, common):
    assert {listing.coach.handle for listing in directory(DirectoryCriteria(**criteria)).items} == found
    met = search(criteria=SearchCriteria(**criteria), windows=None, after=None, limit=20)
    assert {each.coach.handle for each in met.items} == found


def test_other_words_are_looked_for_as_they_are():
    assert [rules.searched(word) for word in ("Zürich", "node.js", "o'neill", "c")] == [
        "zürich",
        "node.js",
        "o'neill",
        "c",
    ]
