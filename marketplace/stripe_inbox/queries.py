"""Reads: which events came, and what became of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from marketplace.db import ordered, session
from marketplace.stripe_inbox import rules
from marketplace.stripe_inbox.models import StripeEvent


def one(event_id: str) -> StripeEvent | None:
    """The event as the database has it now."""
    return session().get(StripeEvent, event_id, populate_existing=True)


def locked(event_id: str) -> StripeEvent | None:
    """The same, locked until the transaction ends."""
    return session().get(StripeEvent, event_id, with_for_update=True, populate_existing=True)


def known(event_ids: Sequence[str]) -> set[str]:
    """Which of these have reached us."""
    return set(session().scalars(select(StripeEvent.id).where(StripeEvent.id.in_(event_ids))))


SORTS = {
    "type": (StripeEvent.type, StripeEvent.received_at, StripeEvent.id),
    "received_at": (StripeEvent.received_at, StripeEvent.id),
    "handled_at": (StripeEvent.handled_at, StripeEvent.id),
}


def latest(
    *,
    handled: bool | None = None,
    type_: str | None = None,
    before: datetime | None = None,
    sort: str = "received_at",
    descending: bool = True,
    offset: int = 0,
    limit: int | None = 50,
) -> Sequence[StripeEvent]:
    """Events, the latest received first.

    Handled or not, of a type that begins so, received before.
    """
    chosen = select(StripeEvent)
    if handled is not None:
        chosen = chosen.where(StripeEvent.handled_at.is_not(None) if handled else StripeEvent.handled_at.is_(None))
    if type_:
        chosen = chosen.where(StripeEvent.type.startswith(type_, autoescape=True))
    if before is not None:
        chosen = chosen.where(StripeEvent.received_at < before)
    page = ordered(chosen, SORTS, sort=sort, descending=descending, offset=offset, limit=limit)
    return session().scalars(page).all()


def unhandled(received_before: datetime) -> Sequence[str]:
    """Events that came before then, were not handled and could be, the oldest first."""
    chosen = select(StripeEvent.id).where(
        StripeEvent.handled_at.is_(None),
        StripeEvent.received_at < received_before,
        StripeEvent.type != rules.SET_ASIDE,
    )
    return session().scalars(chosen.order_by(StripeEvent.received_at)).all()


def count_unhandled() -> int:
    """How many events wait for their handler."""
    return int(session().scalar(select(func.count()).where(StripeEvent.handled_at.is_(None))) or 0)
