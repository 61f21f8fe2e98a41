"""Which links to work a coach may name."""

import pytest

from marketplace.coaches.work_links import rules

BOOK = {"name": "My book", "url": "https://example.org/book"}


def test_links_are_typed_as_lines_and_read_again():
    links = [BOOK, {"name": "Talks, 2026", "url": "https://talks.example/"}]
    assert rules.read(rules.typed(links)) == links
    assert rules.read("\n  My book: https://example.org/book \n\n") == [BOOK]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", ""),
        ("My book https://example.org/book", ""),
        ("https://example.org/book", "Link 1 has no name"),
        ("My book https://example.org/book\nTalks", "Link 2 needs an address"),
        ("My book http://example.org/book", "Link 1 needs an address"),
        ("x" * 61 + " https://example.org/", "The name of link 1 is longer"),
        ("\n".join(f"Page https://example.org/{number}" for number in range(6)), "Name at most 5 links."),
    ],
)
def test_what_is_wrong_with_links_names_the_first_at_fault(lines, said):
    assert rules.problem(rules.read(lines)).startswith(said)
    assert bool(rules.problem(rules.read(lines))) is bool(said)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//example.org",
        "https://",
        "https://localhost/",
        "https://printer.local/",
        "https://ada:secret@example.org/",
        "https://example.org:port/",
        "https://[::1",
        "https://example.org/a b",
        "https://example.org/" + "x" * 300,
    ],
)
def test_what_is_no_address_of_a_page_on_the_internet_is_refused(url):
    assert not rules.is_address(url)


def test_one_address_stands_once():
    assert rules.tidied([BOOK, {"name": "My  new book", "url": BOOK["url"]}]) == [BOOK | {"name": "My new book"}]
