"""Commands on Stripe's events: store once, handle once, fetch what was not delivered."""

from typing import Any

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError, StatementError

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.db import session, transactional
from marketplace.errors import Invalid, NotFound
from marketplace.jobs import enqueue, unfinished
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.payments.stripe_gateway import client as stripe_client
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.stripe_inbox import handlers, queries, rules
from marketplace.stripe_inbox.models import StripeEvent
from marketplace.stripe_inbox.transitions import transition_event

log = structlog.get_logger()

# Kept as it is here, and looked up when it is read.
NO_EVENT = _l("This is no event of Stripe's: its id or its type is none.").message


class NotAnEvent(Invalid):
    """This is signed, and yet no event of Stripe's."""


def receive(kind: str, body: bytes, signature: str) -> bool:
    """Keep a webhook's event and the job that handles it; False if it came before.

    `kind` is platform, connect or thin: each is signed with a secret of its own. Raises BadSignature, NotAnEvent.
    """
    event = stripe_client.verified_event(kind, body, signature)
    if not rules.is_event(event):
        raise NotAnEvent
    return _store(event)


@transactional
def _store(event: dict[str, Any]) -> bool:
    row = {
        "id": event["id"],
        "type": event["type"],
        "object_id": rules.object_id(event),
        "payload": event,
        "received_at": clock.now(),
        "attempts": 0,
    }
    written = insert(StripeEvent).values(row).on_conflict_do_nothing(index_elements=["id"]).returning(StripeEvent.id)
    if session().scalar(written) is None:
        return False
    enqueue("handle_event", event_id=event["id"])
    return True


def handle_event(event_id: str) -> None:
    """Handle a stored event once; raises what went wrong, with the reason kept on the event.

    Its commands ask Stripe, so no lock is held meanwhile: two at once do the same twice, which is harmless.
    """
    payload = _begin(event_id)
    if payload is None:
        return
    try:
        note = handlers.handle(payload)
    except Exception as error:
        session().rollback()
        _failed(event_id, f"{type(error).__name__}: {error}")
        raise
    _done(event_id, note)


@transactional
def _begin(event_id: str) -> dict[str, Any] | None:
    event = queries.locked(event_id)
    if event is None or event.state == rules.HANDLED:
        return None
    event.attempts += 1
    return event.payload


@transactional
def _failed(event_id: str, reason: str) -> None:
    event = queries.locked(event_id)
    if event is not None and event.state != rules.HANDLED:
        transition_event(event, rules.FAILED, error=reason)


@transactional
def _done(event_id: str, note: str | None) -> None:
    event = queries.locked(event_id)
    if event is not None and event.state != rules.HANDLED:
        transition_event(event, rules.HANDLED, note=note)


def replay(event_id: str) -> None:
    """Handle a stored event again though it has been handled.

    Raises NotFound, or what went wrong.
    """
    _reopen(event_id)
    handle_event(event_id)


@transactional
def retry_event(admin: User, *, event_id: str) -> None:
    """Let the worker handle a stored event again.

    NotFound for who is no admin, and for what never came.
    """
    if not admin.is_admin:
        raise NotFound
    _reopen(event_id)
    enqueue("handle_event", event_id=event_id)
    record(admin.id, "event.retried", event_id)


@transactional
def _reopen(event_id: str) -> None:
    event = queries.locked(event_id)
    if event is None:
        raise NotFound(_("No event of that id has reached us."))
    # One that was never handled is tried again as it stands, with the reason of its last failure.
    if event.state == rules.HANDLED:
        transition_event(event, rules.RECEIVED)


def sweep_events() -> int:
    """Fetch the events that never came, and take up those whose job is gone.

    How many there were of both. One that cannot be kept is set aside for an admin and keeps the others from nothing.
    """
    undelivered = stripe_connect.undelivered_events(clock.now() - rules.SWEPT)
    known = queries.known([rules.name_of(event) for event in undelivered])
    # Stripe names what we fetched ourselves again for a month; another may store one of the rest meanwhile.
    fetched = [_store_or_set_aside(event) for event in undelivered if rules.name_of(event) not in known]
    return fetched.count(True) + _resume_lost()


def _store_or_set_aside(event: Any) -> bool:
    if not rules.is_event(event):
        return _set_aside(event, NO_EVENT)
    try:
        return _store(event)
    # Whatever is wrong with one: the rest of thirty days waits behind it.
    except (DataError, StatementError, TypeError, ValueError) as error:
        return _set_aside(event, f"{type(error).__name__}: {error}")


@transactional
def _set_aside(event: Any, why: str) -> bool:
    log.error("stripe_event.set_aside", event_id=rules.name_of(event), reason=why)
    row = {
        "id": rules.name_of(event),
        "type": rules.SET_ASIDE,
        "payload": {"type": rules.SET_ASIDE, "text": rules.written(event)},
        "received_at": clock.now(),
        "attempts": 0,
        "error": why.replace("\0", ""),
    }
    session().execute(insert(StripeEvent).values(row).on_conflict_do_nothing(index_elements=["id"]))
    return True


@transactional
def _resume_lost() -> int:
    waiting = queries.unhandled(clock.now() - rules.LOST_AFTER)
    running = unfinished("handle_event", argument="event_id") if waiting else set()
    lost = [event_id for event_id in waiting if event_id not in running]
    for event_id in lost:
        enqueue("handle_event", event_id=event_id)
    return len(lost)
