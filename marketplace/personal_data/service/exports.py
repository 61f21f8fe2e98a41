"""Commands: ask for a copy of everything that is kept of one, make it, forget it in time."""

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import joinedload

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.bookings.attachments.models import Attachment
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional, uuid7
from marketplace.files import queries as files
from marketplace.files.rules.uploads import Examined
from marketplace.files.service.keeping import keep
from marketplace.invoices.models import Invoice
from marketplace.invoices.service.invoice_documents import pdf_of
from marketplace.jobs import enqueue
from marketplace.languages import speaking
from marketplace.notes import queries as notes
from marketplace.notes.models import Note
from marketplace.notifications.service import notify
from marketplace.payouts.models import Payout
from marketplace.payouts.queries.payout_lines import statement_lines
from marketplace.payouts.rules.states import NOT_FOR_COACH
from marketplace.payouts.service.statement_documents import statement_pdf
from marketplace.personal_data import queries
from marketplace.personal_data.models import AccountExport
from marketplace.personal_data.rules.reasons import EXPORT_DAYS, EXPORT_KEPT_FOR
from marketplace.personal_data.service.statements import rows_of, whose_of
from marketplace.written_answers.models import AnswerFile, WrittenAnswer

ZIP = "application/zip"
# Every file of an archive carries a time; the same data makes the same archive.
EPOCH = (1980, 1, 1, 0, 0, 0)


@transactional
def ask_for_export(user: User) -> AccountExport:
    """Have a copy made by a job; where one is being made already, that one."""
    session().get(User, user.id, with_for_update={"key_share": True}, populate_existing=True)
    being_made = next((one for one in queries.exports_of(user.id) if one.made_at is None), None)
    if being_made is not None:
        return being_made
    wanted = AccountExport(id=uuid7(), user_id=user.id, file=None, asked_at=clock.now())
    session().add(wanted)
    enqueue("make_export", once=f"make_export:{wanted.id}", export_id=str(wanted.id))
    audit.record(user.id, "account.export_asked", user.id)
    return wanted


def make_export(export_id: str) -> None:
    """Put everything that is kept of a person into one archive, and tell them that it is there."""
    key = uuid.UUID(export_id)
    wanted = session().scalar(
        select(AccountExport).options(joinedload(AccountExport.user)).where(AccountExport.id == key)
    )
    if wanted is None or wanted.made_at is not None:
        return
    with speaking(wanted.user.preferences):
        data = archive(wanted.user)
        _note_made(key, keep(Examined(ZIP, data)))


@transactional
def _note_made(export_id: uuid.UUID, file_id: uuid.UUID) -> None:
    made = session().get_one(AccountExport, export_id, with_for_update=True, populate_existing=True)
    person = session().get_one(User, made.user_id)
    made.file_id, made.made_at = file_id, clock.now()
    made.expires_at = made.made_at + EXPORT_KEPT_FOR
    with speaking(person.preferences):
        notify(
            person.email,
            template="account_export_ready",
            key=f"account-export:{export_id}",
            name=person.name,
            days=EXPORT_DAYS,
            account_url=f"{config.current().public_url}/account/data",
        )


@transactional
def forget_old_exports() -> None:
    """Forget copies whose time is over; their files are swept."""
    session().execute(delete(AccountExport).where(AccountExport.expires_at < clock.now()))


def archive(person: User) -> bytes:
    """The archive: each table's rows as JSON, notes as text, documents as PDF, files as they were attached."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in _contents(person):
            zipped.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _contents(person: User) -> Iterator[tuple[str, bytes]]:
    whose = whose_of(person)
    told = []
    for decision, rows in rows_of(whose):
        told.append(f"data/{decision.table}.json: {decision.what}")
        yield f"data/{decision.table}.json", _json(rows)
    yield "data/notes_as_text.json", _json(_notes(person))
    for invoice in _invoices(person):
        yield f"documents/{invoice.label}.pdf", pdf_of(invoice, site_name=config.current().site_name)
    for payout in _payouts(whose.coach):
        yield f"documents/statement-{payout.id}.pdf", statement_pdf(payout, statement_lines(payout))
    for attachment in _attachments(person):
        yield f"files/{attachment.id}-{attachment.name}", files.content(attachment.file)
    head = [config.current().site_name, f"{person.name} <{person.email}>", clock.now().isoformat(), ""]
    yield "README.txt", "\n".join([*head, *told, ""]).encode()


def _json(rows: list[Any]) -> bytes:
    return json.dumps(rows, indent=2, ensure_ascii=False, default=str).encode()


def _notes(person: User) -> list[dict[str, Any]]:
    found = session().scalars(notes.visible_to(person).order_by(Note.id)).all()
    return [
        {"id": note.id, "booking_id": note.booking_id, "shared": note.shared, "text": notes.text_of(note)}
        for note in found
    ]


def _invoices(person: User) -> list[Invoice]:
    mine = or_(Invoice.buyer_id == person.id, Invoice.seller_id == person.id)
    chosen = select(Invoice).options(joinedload(Invoice.corrects)).where(mine)
    return list(session().scalars(chosen.order_by(Invoice.id)))


def _payouts(coach_id: uuid.UUID | None) -> list[Payout]:
    chosen = select(Payout).where(Payout.coach_id == coach_id, Payout.status.not_in(NOT_FOR_COACH))
    return list(session().scalars(chosen.options(joinedload(Payout.coach)).order_by(Payout.id)))


def _attachments(person: User) -> list[Attachment | AnswerFile]:
    mine = select(Booking.id).where(Booking.mentee_id == person.id)
    chosen = select(Attachment).options(joinedload(Attachment.file)).where(Attachment.booking_id.in_(mine))
    written = select(AnswerFile).join(WrittenAnswer, WrittenAnswer.id == AnswerFile.answer_id)
    own = Coach.id == WrittenAnswer.coach_id, Coach.user_id == person.id
    written = written.join(Coach, and_(*own)).order_by(AnswerFile.id)
    return [*session().scalars(chosen.order_by(Attachment.id)), *session().scalars(written)]
