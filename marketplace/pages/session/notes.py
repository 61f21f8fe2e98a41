"""The notes on a session that its reader may read, and where the coach writes another."""

from dataclasses import dataclass

from flask import url_for

from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.languages import gettext as _
from marketplace.notes import queries, rules
from marketplace.notes.queries import DecryptedNote
from marketplace.pages.wording import ADMIN, Reader


@dataclass(frozen=True)
class NoteRow:
    """A note, who wrote it when, and who can read it; `change_url` where it is one's own."""

    text: str
    byline: str
    readers: str
    change_url: str


@dataclass(frozen=True)
class NotesPart:
    """The notes; `write_url` where the reader may add one, which can be shared with `mentee`."""

    rows: tuple[NoteRow, ...]
    write_url: str
    mentee: str
    longest: int = rules.LONGEST

    @classmethod
    def of(cls, booking: Booking, reader: Reader, person: User) -> "NotesPart | None":
        """None where there is nothing to read and nothing to write; never for an admin."""
        if reader.side == ADMIN:
            return None
        found = queries.of_booking(person, booking.id)
        may = rules.may_write(person.id, coach_user_id=booking.coach.user_id, booking_status=booking.status)
        if not found and not may:
            return None
        return cls(
            rows=tuple(_row(note, booking.mentee.name, reader) for note in found),
            write_url=url_for("notes.write", booking_id=booking.id) if may else "",
            mentee=booking.mentee.name,
        )


def _row(note: DecryptedNote, mentee: str, reader: Reader) -> NoteRow:
    at = reader.when(note.updated_at)
    if not note.mine:
        return NoteRow(note.text, f"{note.author}, {at}", _("shared with you"), "")
    readers = _("%(name)s can read it", name=mentee) if note.shared else _("only you can read it")
    change_url = url_for("notes.change", booking_id=note.booking_id, note_id=note.id)
    return NoteRow(note.text, _("You, %(time)s", time=at), readers, change_url)
