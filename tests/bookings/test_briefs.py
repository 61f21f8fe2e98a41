"""What a session is to be about, said anew by its mentee until it begins."""

import pytest

from marketplace.audit.queries import timeline_of
from marketplace.bookings.briefs import service as briefs
from marketplace.errors import NotFound
from tests.factories import BRIEF, a_booking, a_hold, a_person
from tests.pages.reading import read
from tests.scenes import TEN

# What else the form has.
REST = {"not_about": "", "tried": "", "why_coach": "", "aim": "", "by_when": ""}
ANOTHER = "How do I say no to a meeting that should have been a mail?"


@pytest.fixture
def booked(mia, offering, stripe):
    return a_booking(mia, offering, TEN, stripe)


def deeds(booking):
    return [entry.action for entry in timeline_of(booking.id)].count("booking.brief_changed")


def test_the_coach_is_told_and_sees_it_with_the_time_of_the_change(booked, mia, ada, browser_of, run_jobs, mailbox):
    page, browser = f"/sessions/{booked.id}", browser_of(mia)
    assert "Change what it is about" in read(browser.get(page)).text
    answer = browser.submit(f"{page}/brief", REST | {"brief": ANOTHER}, seen=page, follow_redirects=True)
    assert "Changed. Ada sees it as it is now." in read(answer).text
    run_jobs()
    (told,) = [mail for mail in mailbox.to(ada.user.email) if mail["Subject"].startswith("Changed: what")]
    assert ANOTHER in told.get_body(("plain",)).get_content().replace("\n", " ")
    seen = read(browser_of(ada.user).get(page)).text
    assert ANOTHER in seen
    assert "Mia changed what it is about" in seen
    assert "Change what it is about" not in seen


def test_the_same_again_is_no_change(booked, mia):
    for _twice in range(2):
        briefs.change_brief(mia, booking_id=booked.id, brief=ANOTHER)
    assert deeds(booked) == 1


def test_of_a_time_that_is_only_held_nobody_is_told(mia, ada, offering, run_jobs, mailbox):
    held = a_hold(mia, offering, TEN)
    briefs.change_brief(mia, booking_id=held.id, brief=ANOTHER)
    run_jobs()
    assert held.brief == ANOTHER
    assert not [mail for mail in mailbox.to(ada.user.email) if mail["Subject"].startswith("Changed")]


def test_what_says_too_little_stands_in_the_form_again(booked, mia, browser_of):
    page = f"/sessions/{booked.id}"
    answer = browser_of(mia).submit(f"{page}/brief", REST | {"brief": "help"}, seen=page)
    assert answer.status_code == 422
    assert ">\nhelp</textarea>" in answer.text
    assert "<details open>" in answer.text


def test_it_is_the_mentees_alone(booked, ada, alma):
    for who in (ada.user, alma):
        with pytest.raises(briefs.NotYourBrief):
            briefs.change_brief(who, booking_id=booked.id, brief=ANOTHER)
    with pytest.raises(NotFound):
        briefs.change_brief(a_person("Noor"), booking_id=booked.id, brief=ANOTHER)


def test_once_it_has_begun_it_stays_as_it_was(booked, mia, moment, browser_of):
    moment.set(TEN)
    with pytest.raises(briefs.BriefIsFixed):
        briefs.change_brief(mia, booking_id=booked.id, brief=ANOTHER)
    assert booked.brief == BRIEF
    assert "Change what it is about" not in read(browser_of(mia).get(f"/sessions/{booked.id}")).text
