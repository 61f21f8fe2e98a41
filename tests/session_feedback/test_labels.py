"""Labels that are wrong more often than right are shown to the coach and to an admin, and to nobody else."""

import re

import pytest

from marketplace import needs_attention
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.pages import admin_attention
from marketplace.session_feedback import queries, service
from marketplace.session_feedback.rules import LabelTally
from tests.factories import a_coach, a_person, an_offering, open_all_week
from tests.session_feedback.conftest import was_held


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def said(offering, mentee, *kinds, coach=None, dealt_with=True):
    """So many sessions, of which the mentee says that they were these kinds."""
    for day, kind in enumerate(kinds):
        booking = was_held(mentee, offering, days=day)
        service.give(mentee, booking_id=booking.id, kind=kind, dealt_with=dealt_with)
        if coach is not None:
            service.give(coach, booking_id=booking.id, kind=offering.kind, dealt_with=True)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("kinds", "wrong"),
    [
        ({}, False),
        ({"tutor": 4}, False),
        ({"tutor": 5}, True),
        ({"tutor": 3, "mentor": 3}, False),
        ({"tutor": 2, "other": 2, "mentor": 3}, True),
        ({"mentor": 9, "tutor": 1}, False),
    ],
)
def test_a_label_is_wrong_by_five_answers_and_more_of_which_most_say_so(kinds, wrong):
    assert LabelTally("mentor", kinds).is_wrong is wrong


def test_the_coachs_own_word_for_the_label_does_not_count(ada, mia, alma, offering):
    said(offering, mia, *["tutor"] * 5, coach=ada.user)
    ((label,),) = (queries.labels_of(ada.user),)
    assert (dict(label.tally.kinds), label.tally.dealt, label.tally.judged) == ({"tutor": 5}, 5, 5)
    (wrong,) = queries.wrong_labels(alma)
    assert (wrong.offering.id, wrong.tally.is_wrong) == (offering.id, True)


def test_once_it_is_called_otherwise_the_count_begins_anew_and_what_is_retired_is_left_alone(ada, mia, alma, offering):
    said(offering, mia, *["tutor"] * 5)
    offering.kind = "tutor"
    session().flush()
    assert queries.wrong_labels(alma) == []
    offering.kind, offering.active = "mentor", False
    session().flush()
    assert queries.wrong_labels(alma) == []


def test_those_with_the_most_that_say_so_stand_first(ada, mia, alma, offering):
    noor = a_person("Noor")
    said(offering, mia, *["tutor"] * 5)
    eve = a_coach("eve")
    worse = an_offering(open_all_week(eve), title="Worse")
    said(worse, noor, *["tutor"] * 6)
    assert [each.offering.title for each in queries.wrong_labels(alma)] == ["Worse", offering.title]


def test_nobody_else_reads_them(mia, offering):
    with pytest.raises(NotFound):
        queries.labels_of(mia)
    with pytest.raises(NotFound):
        queries.wrong_labels(mia)


def test_coach_and_admin_are_told_and_the_public_is_not(browser_of, client, ada, mia, alma, offering):
    said(offering, mia, "mentor", *["tutor"] * 4, "other", dealt_with=False)
    page = words(browser_of(ada.user).get("/dashboard/offerings"))
    assert "Of 6 people who said what it was, 1 say what it is called." in page
    assert "Tutor: 4" in page
    assert "Dealt with what was asked: 0 of 6" in page
    (item,) = [each for each in needs_attention.items(alma) if each.kind == needs_attention.LABEL]
    with client.application.test_request_context():
        line = admin_attention.line(item, "UTC")
        more = admin_attention.line(needs_attention.Item(needs_attention.LABEL, count=3), "UTC")
    assert f"“{offering.title}” is said to be another kind" in line.what
    assert more.what.startswith("3 more")
    for address in ("/@ada", f"/@ada/{offering.id}"):
        assert "another kind" not in words(client.get(address))
        assert "Tutor: 4" not in words(client.get(address))


def test_with_fewer_than_five_answers_the_coach_sees_nothing(browser_of, api, ada, mia, offering):
    said(offering, mia, *["tutor"] * 4)
    assert "who said what it was" not in words(browser_of(ada.user).get("/dashboard/offerings"))
    (label,) = api(ada.user).get("/coach/labels").json["items"]
    assert label == {"offering_id": str(offering.id), "title": offering.title, "label": "mentor", "tally": None}


def test_programs_of_coach_and_admin_read_the_same(api, ada, mia, alma, offering):
    said(offering, mia, *["tutor"] * 5)
    tally = {"said": 5, "right": 0, "kinds": {"tutor": 5}, "dealt": {"yes": 5, "of": 5}, "is_wrong": True}
    label = {"offering_id": str(offering.id), "title": offering.title, "label": "mentor", "tally": tally}
    assert api(ada.user).get("/coach/labels").json["items"] == [label]
    (seen,) = api(alma).get("/admin/labels").json["items"]
    assert seen == label | {"coach_id": str(ada.id), "handle": "ada"}
    assert api(mia).get("/admin/labels").status_code == 404
