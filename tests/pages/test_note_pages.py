"""A coach's notes on the page of a session."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from marketplace.notes import queries
from tests.factories import a_booking, a_coach, a_hold, an_admin, an_offering
from tests.pages.reading import read

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)
SECRET = "She thinks of leaving her job."


@pytest.fixture
def booking(mia, ada, stripe):
    return a_booking(mia, an_offering(ada), TEN, stripe)


@pytest.fixture
def hers(browser_of, mia):
    return browser_of(mia)


@pytest.fixture
def desk(browser_of, ada):
    return browser_of(ada.user)


def here(booking, note=None):
    return f"/sessions/{booking.id}/notes" + (f"/{note.id}" if note else "")


def write(desk, booking, text=SECRET, **ticked):
    return desk.submit(here(booking), {"text": text} | ticked, seen=f"/sessions/{booking.id}")


def kept(ada, booking):
    return list(queries.of_booking(ada.user, booking.id))


def test_a_private_note_is_on_her_page_and_on_no_other(desk, hers, browser_of, booking):
    answer = write(desk, booking)
    assert (answer.status_code, answer.location) == (303, f"/sessions/{booking.id}#notes")
    page = read(desk.get(f"/sessions/{booking.id}"))
    assert SECRET in page.text
    assert "only you can read it" in page.text
    for other in (hers, browser_of(an_admin())):
        page = read(other.get(f"/sessions/{booking.id}"))
        assert SECRET not in page.text
        assert "Notes" not in page.text


def test_a_shared_note_is_read_by_the_mentee_who_cannot_change_it(desk, hers, ada, booking):
    write(desk, booking, shared="yes")
    page = read(hers.get(f"/sessions/{booking.id}"))
    assert SECRET in page.text
    assert "shared with you" in page.text
    (note,) = kept(ada, booking)
    assert here(booking, note) not in page.links
    assert "Mia can read it" in read(desk.get(f"/sessions/{booking.id}")).text


def test_the_mail_about_a_shared_note_leads_to_it(desk, hers, mia, booking, run_jobs, mailbox):
    write(desk, booking, shared="yes")
    run_jobs()
    (mail,) = [mail for mail in mailbox.to(mia.email) if "shared a note" in mail["Subject"]]
    words = mail.get_body(("plain",)).get_content()
    (link,) = [word for word in words.split() if "/sessions/" in word]
    where = urlsplit(link)
    page = read(hers.get(where.path))
    assert SECRET in page.text
    assert where.fragment in page.ids


def test_a_note_is_changed_and_shared_later(desk, hers, ada, booking):
    write(desk, booking)
    (note,) = kept(ada, booking)
    form = read(desk.get(here(booking, note)))
    assert SECRET in form.text
    answer = desk.submit(here(booking, note), {"text": "Read chapter four.", "shared": "yes"})
    assert answer.status_code == 303
    assert "Read chapter four." in hers.get(f"/sessions/{booking.id}").text
    assert [(note.text, note.shared) for note in kept(ada, booking)] == [("Read chapter four.", True)]


def test_a_note_is_deleted(desk, ada, booking):
    write(desk, booking)
    (note,) = kept(ada, booking)
    assert "Delete this note" in read(desk.get(here(booking, note))).buttons
    answer = desk.submit(f"{here(booking, note)}/delete", seen=here(booking, note))
    assert answer.status_code == 303
    assert kept(ada, booking) == []
    assert desk.get(here(booking, note)).status_code == 404


@pytest.mark.parametrize(("text", "words"), [("  ", "Write something."), ("x" * 20_001, "Keep it under 20000")])
def test_a_note_that_cannot_be_kept_is_shown_again(desk, ada, booking, text, words):
    answer = write(desk, booking, text, shared="yes")
    assert answer.status_code == 422
    page = read(answer)
    assert words in page.text
    assert "#text" in page.links
    assert " checked" in answer.text
    write(desk, booking)
    (note,) = kept(ada, booking)
    answer = desk.submit(here(booking, note), {"text": text})
    assert answer.status_code == 422
    assert words in read(answer).text
    assert [note.text for note in kept(ada, booking)] == [SECRET]


def test_a_time_that_is_only_held_is_nothing_to_keep_notes_of(desk, mia, ada):
    booking = a_hold(mia, an_offering(ada), TEN.replace(hour=13))
    assert read(desk.get(f"/sessions/{booking.id}")).fields == []
    assert desk.submit(here(booking), {"text": SECRET}, seen="/account").status_code == 403


@pytest.mark.parametrize(
    ("who", "to_write", "to_change"), [("mentee", 403, 404), ("admin", 404, 404), ("another coach", 404, 404)]
)
def test_nobody_else_writes_reads_changes_or_deletes(browser_of, desk, mia, ada, booking, who, to_write, to_change):
    write(desk, booking, shared="yes")
    (note,) = kept(ada, booking)
    person = {"mentee": lambda: mia, "admin": an_admin, "another coach": lambda: a_coach("bea").user}[who]()
    browser = browser_of(person)
    assert browser.submit(here(booking), {"text": "Mine"}, seen="/account").status_code == to_write
    assert browser.get(here(booking, note)).status_code == to_change
    assert browser.submit(here(booking, note), {"text": "Mine"}, seen="/account").status_code == to_change
    assert browser.submit(f"{here(booking, note)}/delete", seen="/account").status_code == to_change
    assert [note.text for note in kept(ada, booking)] == [SECRET]


def test_nobody_is_asked_to_sign_in(client, desk, ada, booking):
    write(desk, booking)
    (note,) = kept(ada, booking)
    answers = [
        client.submit(here(booking), {"text": "Mine"}, seen="/login"),
        client.get(here(booking, note)),
        client.submit(here(booking, note), {"text": "Mine"}, seen="/login"),
        client.submit(f"{here(booking, note)}/delete", seen="/login"),
    ]
    assert {(answer.status_code, urlsplit(answer.location).path) for answer in answers} == {(302, "/login")}


def test_a_note_of_another_session_is_not_on_this_one(desk, mia, ada, booking, stripe):
    write(desk, booking)
    (note,) = kept(ada, booking)
    other = a_booking(mia, an_offering(ada), TEN.replace(hour=13), stripe)
    assert desk.get(here(other, note)).status_code == 404
