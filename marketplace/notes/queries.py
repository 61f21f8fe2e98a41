"""Reads: the notes of a session, decrypted, as far as the reader may."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select

from marketplace import config
from marketplace.accounts.models import User
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.notes import rules
from marketplace.notes.models import Note


@dataclass(frozen=True)
class DecryptedNote:
    """A note, decrypted for a reader who may read it; `mine` where the reader wrote it."""

    id: uuid.UUID
    booking_id: uuid.UUID
    author: str
    mine: bool
    shared: bool
    text: str
    created_at: datetime
    updated_at: datetime


def visible_to(actor: User) -> Select[Note]:
    """The notes that exist for `actor`: their own, and the shared ones of their sessions; for admins no others."""
    profile = select(Coach.id).where(Coach.user_id == actor.id)
    sessions = select(Booking.id).where(or_(Booking.mentee_id == actor.id, Booking.coach_id.in_(profile)))
    return select(Note).where(or_(Note.author_id == actor.id, Note.shared & Note.booking_id.in_(sessions)))


def of_booking(actor: User, booking_id: uuid.UUID) -> Sequence[DecryptedNote]:
    """What `actor` may read of one session's notes, the oldest first; NotFound for who is no party to it."""
    bookings.of_party(actor, booking_id)
    chosen = visible_to(actor).where(Note.booking_id == booking_id).order_by(Note.id)
    return _all_decrypted_for(actor, session().scalars(chosen).all())


def _all_decrypted_for(actor: User, found: Sequence[Note]) -> list[DecryptedNote]:
    authors = {note.author_id for note in found}
    rows = session().execute(select(User.id, User.name).where(User.id.in_(authors)))
    names = {row.id: row.name for row in rows}
    return [_decrypted_for(actor, note, names[note.author_id]) for note in found]


def with_mentee(actor: User, coach: Coach, mentee_id: uuid.UUID, limit: int = 50) -> Sequence[DecryptedNote]:
    """What `actor` may read of the notes of a coach's sessions with a mentee, the latest first."""
    pair = select(Booking.id).where(Booking.coach_id == coach.id, Booking.mentee_id == mentee_id)
    chosen = visible_to(actor).where(Note.booking_id.in_(pair)).order_by(Note.id.desc()).limit(limit)
    return _all_decrypted_for(actor, session().scalars(chosen).all())


def own(actor: User, note_id: uuid.UUID) -> Note:
    """A note that `actor` wrote, locked until the transaction ends; NotFound."""
    chosen = select(Note).where(Note.id == note_id, Note.author_id == actor.id).with_for_update()
    note = session().scalar(chosen.execution_options(populate_existing=True))
    if note is None:
        raise NotFound
    return note


def own_decrypted(actor: User, note_id: uuid.UUID) -> DecryptedNote:
    """A note that `actor` wrote, decrypted; NotFound."""
    note = session().scalar(select(Note).where(Note.id == note_id, Note.author_id == actor.id))
    if note is None:
        raise NotFound
    return decrypted(actor, note)


def decrypted(author: User, note: Note) -> DecryptedNote:
    """The author's own note, decrypted."""
    return _decrypted_for(author, note, author.name)


def _decrypted_for(actor: User, note: Note, author: str) -> DecryptedNote:
    return DecryptedNote(
        id=note.id,
        booking_id=note.booking_id,
        author=author,
        mine=note.author_id == actor.id,
        shared=note.shared,
        text=text_of(note),
        created_at=note.created_at,
        updated_at=note.updated_at,
    )


def text_of(note: Note) -> str:
    """What a note says. Only for who may read it: `visible_to`."""
    return rules.decrypt(note.ciphertext, config.current().encryption_keys())
