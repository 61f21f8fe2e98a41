"""Searching C++, C# and .net finds who says so, and nobody else."""

import pytest

from marketplace.coaches import rules
from marketplace.coaches.queries import directory
from marketplace.scheduling.queries.criteria import Criteria
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
def test_words_with_signs_are_words(text, found, coaches):
    assert {listing.coach.handle for listing in directory(text=text).items} == found
    met = search(criteria=Criteria(text=text), windows=None, after=None, limit=20)
    assert {each.coach.handle for each in met.items} == found


def test_other_words_are_looked_for_as_they_are():
    assert [rules.searched(word) for word in ("Zürich", "node.js", "o'neill", "c")] == [
        "zürich",
        "node.js",
        "o'neill",
        "c",
    ]
