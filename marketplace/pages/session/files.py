"""The files of the brief, and where its mentee attaches more."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from marketplace.accounts.models import User
from marketplace.bookings.attachments import queries, rules
from marketplace.bookings.attachments.models import Attachment
from marketplace.bookings.models import Booking
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.pages import wording
from marketplace.pages.wording import ADMIN, Reader


@dataclass(frozen=True)
class FileRow:
    """A file: what it is saved as, of what kind and how large; `remove_url` where it is one's own."""

    name: str
    about: str
    url: str
    remove_url: str


@dataclass(frozen=True)
class FilesPart:
    """The files; `attach_url` where the reader may add `left` more. `readers` says who opens them."""

    rows: tuple[FileRow, ...]
    attach_url: str
    left: int
    readers: str

    @classmethod
    def of(cls, booking: Booking, reader: Reader, person: User) -> "FilesPart | None":
        """None where there is nothing to open and nothing to attach; never for an admin."""
        if reader.side == ADMIN:
            return None
        found = queries.attached(booking.id)
        may = rules.may_attach(person_id=person.id, mentee_id=booking.mentee_id, status=booking.status)
        left = rules.MOST - len(found)
        if not found and not may:
            return None
        return cls(
            rows=tuple(_row(file, is_own=person.id == booking.mentee_id) for file in found),
            attach_url=url_for("attachments.attach", booking_id=booking.id) if may and left else "",
            left=left,
            readers=_("Only you and %(name)s can open them, no admin either.", name=wording.other(booking, reader)),
        )


def _row(file: Attachment, *, is_own: bool) -> FileRow:
    address: dict[str, Any] = {"booking_id": file.booking_id, "attachment_id": file.id}
    kind = "PDF" if file.name.endswith(".pdf") else _("Picture")
    return FileRow(
        name=file.name,
        about=f"{kind}, {formats.file_size(file.file.size_bytes)}",
        url=url_for("attachments.get", **address),
        remove_url=url_for("attachments.remove", **address) if is_own else "",
    )
