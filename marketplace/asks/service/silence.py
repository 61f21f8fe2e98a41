"""What happens to asks that nobody answers: the coach is reminded once, then they lapse."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from marketplace import clock
from marketplace.asks import queries
from marketplace.asks.models import Ask
from marketplace.asks.notifications import mails
from marketplace.asks.rules import states
from marketplace.asks.transitions import transition
from marketplace.db import session, transactional

AT_ONCE = 200


def lapse_asks() -> None:
    """End the asks that were not answered in time, and remind coaches of those that will be. Safe to run twice."""
    for ask_id in _waiting(Ask.answer_by <= clock.now()):
        _lapse(ask_id)
    due = Ask.sent_at <= clock.now() - states.REMIND_AFTER
    for ask_id in _waiting(due, Ask.reminded_at.is_(None)):
        _remind(ask_id)


def _waiting(*conditions: ColumnElement[bool]) -> Sequence[uuid.UUID]:
    chosen = select(Ask.id).where(Ask.status == states.OPEN, *conditions).order_by(Ask.answer_by).limit(AT_ONCE)
    return session().scalars(chosen).all()


@transactional
def _lapse(ask_id: uuid.UUID) -> None:
    ask = queries.locked(ask_id)
    if ask.status == states.OPEN and ask.answer_by <= clock.now():
        transition(ask, states.LAPSED)
        mails.tell_lapsed(ask)


@transactional
def _remind(ask_id: uuid.UUID) -> None:
    ask = queries.locked(ask_id)
    if ask.status == states.OPEN and ask.reminded_at is None:
        ask.reminded_at = clock.now()
        mails.remind_coach(ask)
