"""Every combination of answers leads somewhere, with a reason."""

from itertools import product

import pytest

from marketplace.coaches.guide import rules
from marketplace.coaches.guide.rules import CAREER, COMPANY, DECIDE, DOOR, FACT, HURTS, LEARN, NO, YES
from marketplace.coaches.rules import KINDS

# need, detail, can pay: where it leads with therapists, and without them where that is another place.
TABLE = [
    ((LEARN, NO, "-"), None, "learn_first"),
    ((LEARN, YES, YES), "tutor", "tutor"),
    ((LEARN, YES, NO), None, "cannot_pay"),
    ((DECIDE, NO, "-"), None, "everybodys_question"),
    ((DECIDE, YES, YES), "mentor", "mentor"),
    ((DECIDE, YES, NO), None, "cannot_pay"),
    ((CAREER, YES, YES), "career_coach", "career_aim"),
    ((CAREER, NO, YES), "career_coach", "career_open"),
    ((CAREER, YES, NO), None, "cannot_pay"),
    ((CAREER, NO, NO), None, "cannot_pay"),
    ((HURTS, YES, "-"), None, "danger"),
    ((HURTS, NO, YES), "therapist", "therapist"),
    ((HURTS, NO, NO), None, "cannot_pay"),
    ((DOOR, YES, "-"), "sponsor", "sponsor"),
    ((DOOR, NO, YES), "mentor", "known_first"),
    ((DOOR, NO, NO), None, "cannot_pay"),
    ((COMPANY, "-", "-"), None, "company"),
    ((FACT, "-", "-"), None, "fact"),
]


def answered(need, detail, pays):
    given = {"need": need, "detail": detail, "pays": pays}
    return {name: value for name, value in given.items() if value != "-"}


@pytest.mark.parametrize(("answers", "kind", "reason"), TABLE)
def test_the_answers_lead_to_a_kind_of_help_or_to_nothing_that_is_sold(answers, kind, reason):
    assert rules.advice(answered(*answers), therapists=True) == rules.Advice(kind, reason)


def test_every_combination_of_answers_leads_somewhere_with_a_reason():
    for need, detail, pays, therapists in product(rules.NEEDS, (YES, NO), (YES, NO), (True, False)):
        found = rules.advice({"need": need, "detail": detail, "pays": pays}, therapists=therapists)
        assert found is not None
        assert found.kind is None or found.kind in KINDS or found.kind == "sponsor"
        assert str(rules.REASONS[found.reason])
        assert found.is_sold == (found.kind in {"mentor", "tutor", "career_coach", "therapist"})


def test_the_table_has_every_way_through_the_questions_and_every_reason():
    ways = {
        tuple(asked.get(name, "-") for name in ("need", "detail", "pays"))
        for need, detail, pays in product(rules.NEEDS, (YES, NO), (YES, NO))
        for given in [{"need": need, "detail": detail, "pays": pays}]
        for asked in [{question.name: given[question.name] for question in rules.questions(given)}]
    }
    assert {answers for answers, _kind, _reason in TABLE} == ways
    assert {reason for _answers, _kind, reason in TABLE} | {"therapist_elsewhere"} == set(rules.REASONS)


def test_nobody_in_danger_is_asked_who_pays():
    assert [each.name for each in rules.questions({"need": HURTS, "detail": YES})] == ["need", "detail"]


def test_where_therapy_is_not_offered_it_is_looked_for_elsewhere():
    answers = {"need": HURTS, "detail": NO, "pays": YES}
    assert rules.advice(answers, therapists=False) == rules.Advice(None, "therapist_elsewhere")


@pytest.mark.parametrize("answers", [{}, {"need": LEARN}, {"need": LEARN, "detail": YES}, {"need": HURTS, "pays": YES}])
def test_while_something_has_to_be_asked_there_is_no_advice(answers):
    assert rules.advice(answers, therapists=True) is None
