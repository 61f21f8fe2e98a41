"""Commands: an earlier answer was enough; no ask is sent, and it counts once for a person."""

import uuid

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.queries import by_email
from marketplace.asks.earlier_answers import queries
from marketplace.asks.earlier_answers.models import Deflection
from marketplace.asks.earlier_answers.rules import ANSWER, Source, address_digest
from marketplace.asks.models import AskDraft
from marketplace.asks.published_answers.models import PublishedAnswer
from marketplace.asks.service import drafts
from marketplace.asks.service.sending import OwnAsk
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.shelf.models import ShelfItem
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.languages import gettext as _


class NotSaidYet(Conflict):
    """Say first which of them answered it."""


@transactional
def count(person: User, *, handle: str, source: Source) -> bool:
    """Count that this answered what a person with an account wanted to ask; False where they had said so before.

    Raises NotFound for what is not public of that coach, OwnAsk for the coach.
    """
    coach = coaches.by_handle(handle)
    if coach.user_id == person.id:
        raise OwnAsk
    queries.one(coach, source)
    return _counted(source, email=person.email, user_id=person.id)


@transactional
def end_draft(draft_id: uuid.UUID, *, source: Source | None) -> AskDraft:
    """Say that this answered what a stranger was about to ask: nothing is sent then; None takes that back.

    Nothing is counted before the code has confirmed the address. Raises NotFound.
    """
    draft = drafts.locked(draft_id)
    if source is not None:
        queries.one(draft.coach, source)
    draft.answered_by = str(source) if source is not None else None
    return draft


def confirm(draft_id: uuid.UUID, *, code: str) -> bool:
    """Count what `end_draft` said, if this is the code; nothing is left of the draft then.

    False where the address had said so before. Raises NotFound, NotSaidYet, Invalid (a wrong code), CodeSpent.
    """
    if not drafts.try_code(draft_id, code=code):
        raise Invalid(code=_("This is not the code. Look at the latest mail."))
    return _count_draft(draft_id)


@transactional
def _count_draft(draft_id: uuid.UUID) -> bool:
    draft = drafts.locked(draft_id)
    source = Source.read(draft.answered_by or "")
    if source is None:
        raise NotSaidYet
    queries.one(draft.coach, source)
    known = by_email(draft.email)
    own = known is not None and known.id == draft.coach.user_id
    counted = not own and _counted(source, email=draft.email, user_id=known.id if known is not None else None)
    session().delete(draft)
    return counted


def _counted(source: Source, *, email: str, user_id: uuid.UUID | None) -> bool:
    table, column = (PublishedAnswer, "published_answer_id") if source.kind == ANSWER else (ShelfItem, "shelf_item_id")
    row = {
        "id": uuid7(),
        column: source.id,
        "user_id": user_id,
        "address_digest": address_digest(email, key=config.current().secret_key),
        "counted_at": clock.now(),
    }
    written = insert(Deflection).values(row).on_conflict_do_nothing().returning(Deflection.id)
    # It may be taken off the shelf, or out of the answers, in this moment.
    with refusing(f"deflections_{column}_fkey", NotFound):
        new = session().scalar(written)
    if new is None:
        return False
    session().execute(update(table).where(table.id == source.id).values(helped=table.helped + 1))
    record(user_id, "ask.answered_before", source.id, kind=source.kind)
    return True
