"""The twelve points of an ask, each by itself, and what holds for every brief."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.asks.rules.brief import MOST_POINTS, PAYERS, Brief, score

TODAY = date(2027, 3, 1)
PROFILE = ["Engineering leadership", "python"]
EMPTY = Brief("mentor", "", "", "", "", "", None, 120, False, "me")
WHOLE = Brief(
    kind="mentor",
    about="I lead a team of four since May, and two of them want the same promotion. How do I decide, and when?",
    not_about="Not about salaries.",
    tried="I wrote down what both have done this year: https://example.org/comparison",
    why_coach="You write about leadership in small teams, as mine is.",
    aim="A decision that I can explain in 2 sentences to both.",
    by_when=date(2027, 3, 20),
    minutes=60,
    words_enough=False,
    payer="employer",
)


def points(brief, today=TODAY):
    return score(brief, coach_words=PROFILE, today=today)


def test_an_empty_brief_has_no_point_and_a_whole_one_has_all():
    assert points(EMPTY).earned == 0
    assert points(WHOLE).earned == MOST_POINTS == len(points(WHOLE).points)
    assert points(WHOLE).missing() == {}


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"about": "What now?"}, ["about"]),
        ({"about": WHOLE.about.replace("?", ".")}, ["about"]),
        ({"about": WHOLE.about + " Who? Where? Why?"}, ["about"]),
        ({"not_about": ""}, ["not_about"]),
        ({"aim": "A decision that I can explain to both."}, ["aim"]),
        ({"aim": "2 ideas"}, ["aim"]),
        ({"aim": ""}, ["aim", "aim"]),
        ({"minutes": 120}, ["minutes"]),
        ({"minutes": 120, "words_enough": True}, []),
        ({"why_coach": "Leadership."}, ["why_coach"]),
        ({"why_coach": "You come recommended by somebody whom I know well."}, ["why_coach"]),
        ({"by_when": None}, ["by_when", "by_when"]),
        ({"by_when": TODAY}, ["by_when"]),
        ({"by_when": TODAY + timedelta(days=1)}, []),
        ({"by_when": TODAY + timedelta(days=180)}, []),
        ({"by_when": TODAY + timedelta(days=181)}, ["by_when"]),
        ({"tried": "I wrote down what both of them have done in this year."}, ["tried"]),
        ({"tried": "https://example.org/a"}, ["tried"]),
        ({"tried": ""}, ["tried", "tried"]),
    ],
)
def test_each_point_is_earned_in_its_field_and_explained_there(change, lost):
    found = points(replace(WHOLE, **change))
    assert [point.field for point in found.points if not point.earned] == lost
    assert {field: len(hints) for field, hints in found.missing().items()} == {
        field: lost.count(field) for field in lost
    }


def test_what_is_not_seen_is_not_counted():
    assert points(replace(WHOLE, not_about=" \n" * 40)).missing().keys() == {"not_about"}


texts = st.text(max_size=300)
briefs = st.builds(
    Brief,
    kind=st.just("mentor"),
    about=texts,
    not_about=texts,
    tried=texts,
    why_coach=texts,
    aim=texts,
    by_when=st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    minutes=st.integers(10, 480),
    words_enough=st.booleans(),
    payer=st.sampled_from(sorted(PAYERS)),
)


@given(briefs)
def test_points_and_hints_are_always_twelve(brief):
    found = points(brief)
    assert found.earned + sum(len(hints) for hints in found.missing().values()) == MOST_POINTS


@given(briefs)
def test_a_brief_is_kept_and_read_again_as_it_was(brief):
    assert Brief.of_json(brief.as_json()) == brief


@given(briefs, st.text(min_size=1, max_size=50))
def test_saying_more_of_what_was_tried_never_takes_a_point(brief, more):
    assert points(replace(brief, tried=f"{brief.tried} {more}")).earned >= points(brief).earned
