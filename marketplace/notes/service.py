"""Commands on notes. Their text goes into the encrypted column and nowhere else."""

import uuid

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.db import session, transactional, uuid7
from marketplace.errors import NotAllowed
from marketplace.languages import speaking
from marketplace.notes import queries, rules
from marketplace.notes.models import Note
from marketplace.notes.queries import DecryptedNote
from marketplace.notifications.service import notify


class NotTheCoach(NotAllowed):
    """The coach keeps the notes of a session that was booked."""


@transactional
def write(user: User, *, booking_id: uuid.UUID, text: str, shared: bool = False) -> DecryptedNote:
    """Keep a note on one's session as its coach. The mentee is notified of a shared one."""
    booking = bookings.of_party(user, booking_id)
    if not rules.may_write(user.id, coach_user_id=booking.coach.user_id, booking_status=booking.status):
        raise NotTheCoach
    now = clock.now()
    note = Note(
        id=uuid7(),
        booking_id=booking.id,
        author_id=user.id,
        shared=shared,
        ciphertext=_encrypted(text),
        created_at=now,
        updated_at=now,
    )
    session().add(note)
    record(user.id, "note.written", note.id, booking=str(booking.id), shared=shared)
    if shared:
        _notify_mentee(booking, note)
    return queries.decrypted(user, note)


@transactional
def edit(user: User, *, note_id: uuid.UUID, text: str | None = None, shared: bool | None = None) -> DecryptedNote:
    """Change one's own note, or who may read it; what is left out stays."""
    note = queries.own(user, note_id)
    becomes_shared = bool(shared) and not note.shared
    if text is not None:
        note.ciphertext = _encrypted(text)
    if shared is not None:
        note.shared = shared
    note.updated_at = clock.now()
    record(user.id, "note.edited", note.id, shared=note.shared)
    if becomes_shared:
        _notify_mentee(bookings.one(user, note.booking_id), note)
    return queries.decrypted(user, note)


@transactional
def delete(user: User, *, note_id: uuid.UUID) -> None:
    """Destroy one's own note."""
    note = queries.own(user, note_id)
    session().delete(note)
    record(user.id, "note.deleted", note.id)


def _encrypted(text: str) -> bytes:
    return rules.encrypt(text, config.current().encryption_keys())


def _notify_mentee(booking: Booking, note: Note) -> None:
    """Say that there is something to read, once a note; what it says stays on the site."""
    with speaking(booking.mentee.preferences):
        notify(
            booking.mentee.email,
            template="note_shared",
            key=f"note-shared:{note.id}",
            name=booking.mentee.name,
            coach=booking.coach.user.name,
            title=booking.title,
            starts_at=booking.starts_at,
            zone=booking.mentee.timezone,
            session_url=f"{config.current().public_url}/sessions/{booking.id}#notes",
        )
