"""Reading how a coach answers asks."""

import uuid

from sqlalchemy import select

from marketplace import clock
from marketplace.asks.answering.rules import LOOK_BACK, MOST, Answering, AskOutcome, answering, words
from marketplace.asks.models import Ask
from marketplace.asks.rules.states import ASKED
from marketplace.db import session


def of_coach(coach_id: uuid.UUID) -> Answering | None:
    """How a coach answered the asks of the last months; None where there are too few to say."""
    chosen = select(Ask.sent_at, Ask.answered_at, Ask.status).where(
        Ask.coach_id == coach_id, Ask.origin == ASKED, Ask.sent_at > clock.now() - LOOK_BACK
    )
    rows = session().execute(chosen.order_by(Ask.sent_at.desc()).limit(MOST))
    return answering(AskOutcome(*row) for row in rows)


def sentence_of(coach_id: uuid.UUID) -> str:
    """The same as a sentence; empty where there are too few asks to say."""
    found = of_coach(coach_id)
    return "" if found is None else words(found)
