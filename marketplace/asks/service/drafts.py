"""Commands: somebody without an account asks; a code of six digits confirms the address."""

import uuid
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from marketplace import clock, config
from marketplace.accounts.sign_ups.service import account_of_confirmed
from marketplace.asks import queries
from marketplace.asks.models import Ask, AskDraft
from marketplace.asks.notifications import mails
from marketplace.asks.queue import service as queue
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.rules import codes
from marketplace.asks.rules.brief import Brief
from marketplace.asks.service import sending
from marketplace.coaches import queries as coaches
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.languages import gettext as _


class CodeSpent(NotAllowed):
    """This code was tried too often, or is too old. Have a new one sent."""


class AnsweredBefore(Conflict):
    """You said that an earlier answer is enough. Take that back first, then send your ask."""


class AccountDeactivated(NotAllowed):
    """The account of this address is deactivated."""


@transactional
def begin(
    *,
    handle: str,
    email: str,
    name: str,
    timezone: str,
    locale: str,
    fields: dict[str, Any],
    takes_place: bool = False,
) -> AskDraft:
    """Keep what a stranger wrote to a coach, and mail a code to the address; nothing is sent to the coach yet.

    With `takes_place` it waits in the coach's queue afterwards. The same is done whoever has an account, in the same
    time. Raises NotFound, Invalid naming what the brief lacks, and what `sending.send` raises of a coach who takes
    none.
    """
    brief = Brief(**fields)
    coach = coaches.by_handle(handle)
    sending.check(coach, brief, zone=timezone)
    refused = queries.refusal_of(coach)
    if refused is not None and not takes_place:
        raise sending.REFUSALS[refused]
    draft = AskDraft(
        id=uuid7(),
        coach_id=coach.id,
        coach=coach,
        email=email,
        name=name,
        timezone=timezone,
        locale=locale,
        written=brief.as_json(),
        takes_place=takes_place,
        created_at=clock.now(),
    )
    session().add(draft)
    _send_code(draft)
    return draft


@transactional
def renew_code(draft_id: uuid.UUID) -> None:
    """Mail another code for a draft; the one before works no more. NotFound."""
    _send_code(locked(draft_id))


def _send_code(draft: AskDraft) -> None:
    code = codes.new_code()
    draft.code_digest = codes.digest(code, draft_id=draft.id, key=config.current().secret_key)
    draft.code_expires_at = clock.now() + codes.GOOD_FOR
    draft.tries = 0
    mails.send_code(draft, code=code)


def confirm(draft_id: uuid.UUID, *, code: str) -> Ask | QueuePlace:
    """Send the ask of a draft whose code this is, from the account of its address, which is made if there is none.

    One that takes a place in the queue is that place, sent or not. Each try is counted, whatever becomes of it. Raises
    NotFound, Invalid (a wrong code), CodeSpent, AnsweredBefore, AccountDeactivated and what `sending.send` or
    `queue.join` raises; the draft stays, so that it may be tried again.
    """
    if not try_code(draft_id, code=code):
        raise Invalid(code=_("This is not the code. Look at the latest mail."))
    return _send(draft_id)


@transactional
def try_code(draft_id: uuid.UUID, *, code: str) -> bool:
    """Is this the code of a draft? Each try is counted. Raises NotFound, CodeSpent."""
    draft = locked(draft_id)
    if not codes.may_try(draft.tries, code_expires_at=draft.code_expires_at, now=clock.now()):
        raise CodeSpent
    draft.tries += 1
    key = config.current().secret_key
    return codes.is_right(code.strip(), expected=draft.code_digest, draft_id=draft.id, key=key)


@transactional
def _send(draft_id: uuid.UUID) -> Ask | QueuePlace:
    draft = locked(draft_id)
    if draft.answered_by is not None:
        raise AnsweredBefore
    asker = account_of_confirmed(email=draft.email, name=draft.name, timezone=draft.timezone, locale=draft.locale)
    if not asker.active:
        raise AccountDeactivated
    brief = vars(Brief.of_json(draft.written))
    if draft.takes_place:
        place = queue.join(asker, handle=draft.coach.handle, **brief)
        draft.place_id = place.id
        return place
    ask = sending.send(asker, handle=draft.coach.handle, **brief)
    draft.ask_id = ask.id
    return ask


def locked(draft_id: uuid.UUID) -> AskDraft:
    """What a stranger wrote, with its coach, locked until the transaction ends; NotFound once it was sent."""
    chosen = select(AskDraft).options(joinedload(AskDraft.coach, innerjoin=True)).with_for_update(of=AskDraft)
    waits = AskDraft.ask_id.is_(None), AskDraft.place_id.is_(None)
    found = session().scalar(
        chosen.where(AskDraft.id == draft_id, *waits), execution_options={"populate_existing": True}
    )
    if found is None:
        raise NotFound
    return found


@transactional
def forget_old_ask_drafts() -> None:
    """Forget what strangers wrote a day ago, sent or not: what was sent is kept as an ask."""
    session().execute(delete(AskDraft).where(AskDraft.created_at < clock.now() - codes.KEPT_FOR))
