"""Commands: add files to an answer that is to be written, and remove them."""

import uuid
from collections.abc import Sequence

from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.bookings.attachments.service import FIELD, KeptFile, examined
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Invalid
from marketplace.files.rules.uploads import Upload
from marketplace.languages import gettext as _
from marketplace.written_answers import queries, rules
from marketplace.written_answers.models import AnswerFile
from marketplace.written_answers.service.deliveries import NotToWrite, of_coach


def add_files(coach: User, *, answer_id: uuid.UUID, uploads: Sequence[Upload]) -> Sequence[AnswerFile]:
    """Add files as the coach, all or none; all that it has then. The mentee has them once the answer is delivered.

    Raises NotFound for everybody but the coach, Invalid naming `files`, NotToWrite once it was sent.
    """
    _check(coach, answer_id, len(uploads))
    return _add(coach, answer_id, examined(coach, uploads))


@transactional
def _check(coach: User, answer_id: uuid.UUID, count: int) -> None:
    if of_coach(coach, answer_id).status != rules.ORDERED:
        raise NotToWrite
    _refuse_more(count)


@transactional
def _add(coach: User, answer_id: uuid.UUID, files: Sequence[KeptFile]) -> Sequence[AnswerFile]:
    if of_coach(coach, answer_id).status != rules.ORDERED:
        raise NotToWrite
    known = {one.file_id for one in queries.files_of(answer_id)}
    new = {one.file_id: one for one in files if one.file_id not in known}
    _refuse_more(len(known) + len(new))
    for one in new.values():
        made = AnswerFile(id=uuid7(), answer_id=answer_id, file_id=one.file_id, name=one.name)
        session().add(made)
        record(coach.id, "written_answer.file_added", answer_id, name=one.name)
    session().flush()
    return queries.files_of(answer_id)


@transactional
def remove_file(coach: User, *, answer_id: uuid.UUID, file_id: uuid.UUID) -> None:
    """Remove a file before the answer is sent. Raises NotFound, NotToWrite."""
    if of_coach(coach, answer_id).status != rules.ORDERED:
        raise NotToWrite
    found = queries.file(coach, answer_id, file_id)
    session().delete(found)
    record(coach.id, "written_answer.file_removed", answer_id, name=found.name)


def _refuse_more(count: int) -> None:
    if count > rules.MOST_FILES:
        said = _(
            "An answer has at most %(most)s files, and these would be %(count)s.", most=rules.MOST_FILES, count=count
        )
        raise Invalid(None, **{FIELD: said})
