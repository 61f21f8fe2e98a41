"""One search field knows names, words and topics, also under their other names."""

import pytest

from marketplace.coaches.directory.queries import DirectoryCriteria, directory
from marketplace.coaches.words.rules import SAME, synonyms
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.queries.search import search
from tests.factories import a_coach, an_offering, open_all_week


@pytest.fixture
def coaches() -> None:
    said = {
        "emmy": {"topics": ["mathematics"], "headline": "Proofs"},
        "grace": {"topics": ["javascript", "machine learning"], "headline": "Compilers"},
        "alan": {"about": "I learned on a machine, and teach scripts.", "topics": ["c++"]},
    }
    for handle, words in said.items():
        an_offering(open_all_week(a_coach(handle, **words)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("math", {"emmy"}),
        ("Maths", {"emmy"}),
        ("mathe proofs", {"emmy"}),
        ("matemáticas", {"emmy"}),
        ("JS", {"grace"}),
        ("ml", {"grace"}),
        ("js ml", {"grace"}),
        ("js math", set()),
        ("emmy", {"emmy"}),
        ("C++", {"alan"}),
    ],
)
def test_other_names_of_a_subject_find_it(text: str, found: set[str], coaches: None) -> None:
    assert {listing.coach.handle for listing in directory(DirectoryCriteria(text=text)).items} == found
    assert {each.coach.handle for each in search(SearchCriteria(text=text)).items} == found


def test_each_name_stands_in_one_line() -> None:
    names = [name.strip() for line in SAME for name in line.split(",")]
    assert len(names) == len(set(names))
    assert all(name == name.lower() for name in names)


def test_what_has_no_other_name_stays_as_it_is() -> None:
    assert synonyms("gardening") == ()
    assert synonyms("JS") == ("javascript",)
