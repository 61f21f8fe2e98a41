"""Commands: attach files to a brief, remove them, forget them when their time is over."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings import queries as bookings
from marketplace.bookings.attachments import queries, rules
from marketplace.bookings.attachments.models import Attachment
from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import CLAIMING
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.files.rules.uploads import Upload, clean_name
from marketplace.files.service.examination import examine
from marketplace.files.service.keeping import keep
from marketplace.languages import gettext as _

FIELD = "files"


class NotTheMentee(NotAllowed):
    """The files of a brief are its mentee's: the coach opens them and changes none."""


class NothingToAttachTo(Conflict):
    """This session is over or was called off: nothing can be attached to it any more."""


@dataclass(frozen=True)
class KeptFile:
    """A file that was examined and is kept for an hour, in which it is attached; the name that it is saved by."""

    file_id: uuid.UUID
    name: str


def attach(user: User, *, booking_id: uuid.UUID, uploads: Sequence[Upload]) -> Sequence[Attachment]:
    """Attach files to the brief of one's session, all or none; all that it has then.

    Raises Invalid naming `files`, NotTheMentee, NothingToAttachTo, TooManyUploads, Busy.
    """
    _check(user, bookings.of_party(user, booking_id), uploads)
    return _attach(user, booking_id, examined(user, uploads))


def examined(user: User, uploads: Sequence[Upload]) -> list[KeptFile]:
    """Examine and keep files before anything is begun that they belong to. Raises Invalid naming `files`."""
    _refuse_more(len(uploads))
    return [_kept(user, upload) for upload in uploads]


@transactional
def hold_with_files(
    user: User,
    *,
    files: Sequence[KeptFile],
    offering_id: uuid.UUID,
    starts_at: datetime,
    brief: str,
    policy_version: uuid.UUID | None = None,
    client_place: str | None = None,
) -> Booking:
    """Hold a time as `holds.hold` does, with files attached to its brief."""
    booking = holds.hold(
        user,
        offering_id=offering_id,
        starts_at=starts_at,
        brief=brief,
        policy_version=policy_version,
        client_place=client_place,
    )
    _attach(user, booking.id, files)
    return booking


@transactional
def remove(user: User, *, booking_id: uuid.UUID, attachment_id: uuid.UUID) -> None:
    """Remove a file from one's brief, at any time. Raises NotFound, NotTheMentee."""
    attachment = queries.one(user, booking_id, attachment_id)
    if bookings.of_party(user, booking_id).mentee_id != user.id:
        raise NotTheMentee
    session().delete(attachment)
    record(user.id, "attachment.removed", attachment.id, booking=str(booking_id))


@transactional
def forget_old_attachments() -> None:
    """Remove the files of what ended ATTACHMENT_DAYS ago, unless it is contested still."""
    before = rules.ended_before(clock.now(), kept_days=config.current().attachment_days)
    over = select(Booking.id).where(
        Booking.status.not_in(CLAIMING),
        Booking.frozen_at.is_(None),
        func.coalesce(Booking.ended_at, Booking.ends_at) < before,
    )
    session().execute(delete(Attachment).where(Attachment.booking_id.in_(over)))


def _kept(user: User, upload: Upload) -> KeptFile:
    try:
        (file,) = examine(user.id, upload, form="attachment", field=FIELD)
    except Invalid as refusal:
        # Of several, which it is about.
        called = " ".join(upload.name.split())[:80]
        raise Invalid(None, **{FIELD: f"{called}: {refusal.fields[FIELD][0]}"}) from refusal
    return KeptFile(keep(file), clean_name(upload.name, content_type=file.content_type))


@transactional
def _attach(user: User, booking_id: uuid.UUID, files: Sequence[KeptFile]) -> Sequence[Attachment]:
    # Two who attach at once are counted one after the other.
    session().execute(select(Booking.id).where(Booking.id == booking_id).with_for_update(key_share=True))
    _check(user, bookings.of_party(user, booking_id), files)
    known = {one.file_id for one in queries.attached(booking_id)}
    new = {one.file_id: one for one in files if one.file_id not in known}
    _refuse_more(len(known) + len(new))
    for one in new.values():
        attachment = Attachment(id=uuid7(), booking_id=booking_id, file_id=one.file_id, name=one.name)
        session().add(attachment)
        record(user.id, "attachment.added", attachment.id, booking=str(booking_id))
    session().flush()
    return queries.attached(booking_id)


def _check(user: User, booking: Booking, files: Sequence[Upload | KeptFile]) -> None:
    if user.id != booking.mentee_id:
        raise NotTheMentee
    if not rules.may_attach(person_id=user.id, mentee_id=booking.mentee_id, status=booking.status):
        raise NothingToAttachTo
    _refuse_more(len(files))


def _refuse_more(count: int) -> None:
    if count > rules.MOST:
        raise Invalid(
            None,
            **{
                FIELD: _(
                    "A brief has at most %(most)s files, and these would be %(count)s.", most=rules.MOST, count=count
                )
            },
        )
