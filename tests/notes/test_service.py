"""Notes: a private one is for its author alone, and encrypted in the table."""

from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text

from marketplace import config
from marketplace.audit.models import AuditEntry
from marketplace.db import session, uuid7
from marketplace.errors import NotFound
from marketplace.notes import queries, rules
from marketplace.notes import service as notes
from marketplace.notifications.models import Message
from tests.factories import a_booking, a_coach, a_hold, a_person, an_admin, an_offering, open_all_week

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
SECRET = "Mia thinks of leaving the job."


@pytest.fixture
def booking(mia, ada, stripe):
    return a_booking(mia, an_offering(ada), TOMORROW_AT_TEN, stripe)


def read_by(person, booking):
    return [note.text for note in queries.of_booking(person, booking.id)]


def stored():
    return b"".join(session().scalars(text("select ciphertext from notes")))


def test_a_private_note_is_read_by_its_author_alone(ada, mia, booking):
    note = notes.write(ada.user, booking_id=booking.id, text=SECRET)
    assert (note.text, note.mine, note.shared, note.author) == (SECRET, True, False, "Ada")
    assert read_by(ada.user, booking) == [SECRET]
    assert read_by(mia, booking) == []
    for stranger in (a_person("Eve"), an_admin(), a_coach("grace").user):
        with pytest.raises(NotFound):
            read_by(stranger, booking)


def test_what_is_kept_is_sealed_and_is_nowhere_else(ada, booking, run_jobs, mailbox):
    for shared in (False, True):
        notes.write(ada.user, booking_id=booking.id, text=SECRET, shared=shared)
    run_jobs()
    assert SECRET.encode() not in stored()
    assert stored().count(b"gAAAA") == 2
    assert SECRET not in str(session().scalars(select(AuditEntry.details)).all())
    assert SECRET not in "".join(message.text for message in session().query(Message))
    assert not any(SECRET in mail.as_string() for mail in mailbox)


def test_sharing_tells_the_mentee_once_and_lets_them_read(ada, mia, booking, run_jobs, mailbox):
    note = notes.write(ada.user, booking_id=booking.id, text="Read chapter 3.")
    notes.edit(ada.user, note_id=note.id, shared=True)
    notes.edit(ada.user, note_id=note.id, text="Read chapter 4.")
    notes.edit(ada.user, note_id=note.id, shared=False)
    assert read_by(mia, booking) == []
    notes.edit(ada.user, note_id=note.id, shared=True)
    assert read_by(mia, booking) == ["Read chapter 4."]
    (shared,) = queries.of_booking(mia, booking.id)
    assert (shared.mine, shared.author) == (False, "Ada")
    run_jobs()
    (mail,) = [mail for mail in mailbox.to(mia.email) if "note" in mail["Subject"]]
    words = mail.get_body(("plain",)).get_content()
    assert "Tue 2 Mar, 11:00 (Berlin)" in words
    assert f"/sessions/{booking.id}#notes" in words


def test_an_edit_changes_what_was_named_alone(ada, booking, moment):
    note = notes.write(ada.user, booking_id=booking.id, text="One", shared=True)
    moment.advance(hours=1)
    changed = notes.edit(ada.user, note_id=note.id, text="Two")
    assert (changed.text, changed.shared, changed.updated_at) == ("Two", True, moment.now)
    assert changed.created_at < changed.updated_at


def test_a_deleted_note_is_gone(ada, booking):
    note = notes.write(ada.user, booking_id=booking.id, text=SECRET)
    notes.delete(ada.user, note_id=note.id)
    assert (read_by(ada.user, booking), stored()) == ([], b"")
    with pytest.raises(NotFound):
        notes.delete(ada.user, note_id=note.id)


def test_only_the_author_changes_a_note(ada, mia, booking):
    note = notes.write(ada.user, booking_id=booking.id, text=SECRET, shared=True)
    for other in (mia, an_admin(), a_person("Eve")):
        with pytest.raises(NotFound):
            notes.edit(other, note_id=note.id, text="mine now")
        with pytest.raises(NotFound):
            notes.delete(other, note_id=note.id)
    assert read_by(ada.user, booking) == [SECRET]


def test_the_mentee_keeps_no_notes_and_strangers_see_no_session(ada, mia, booking):
    with pytest.raises(notes.NotTheCoach):
        notes.write(mia, booking_id=booking.id, text="x")
    for stranger in (a_person("Eve"), an_admin()):
        with pytest.raises(NotFound):
            notes.write(stranger, booking_id=booking.id, text="x")
    with pytest.raises(NotFound):
        notes.write(ada.user, booking_id=uuid7(), text="x")


def test_an_admin_who_coaches_reads_their_own_notes(stripe, mia):
    coach = open_all_week(a_coach("root", user=an_admin("Root")))
    booking = a_booking(mia, an_offering(coach), TOMORROW_AT_TEN, stripe)
    notes.write(coach.user, booking_id=booking.id, text=SECRET)
    assert read_by(coach.user, booking) == [SECRET]


def test_a_time_that_is_only_held_has_no_notes(ada, mia):
    held = a_hold(mia, an_offering(ada), TOMORROW_AT_TEN)
    with pytest.raises(notes.NotTheCoach):
        notes.write(ada.user, booking_id=held.id, text="x")


def test_an_older_key_still_reads_and_a_missing_one_says_so():
    old, new = Fernet.generate_key(), Fernet.generate_key()
    token = rules.encrypt("Ünïcode", [old])
    assert rules.decrypt(token, [new, old]) == "Ünïcode"
    with pytest.raises(rules.NoteKeyMissing, match="NOTES_KEYS"):
        rules.decrypt(token, [new])
    assert rules.decrypt(rules.encrypt("x", [new, old]), [new]) == "x"


def test_development_makes_its_key_from_the_secret():
    (key,) = config.current().encryption_keys()
    assert Fernet(key)
