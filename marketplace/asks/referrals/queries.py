"""Which coaches may be named to whoever asked."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, exists

from marketplace import clock
from marketplace.asks.models import Ask, AskSettings
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import public_coaches
from marketplace.db import session

# Whoever named another coach to somebody is not named to them again for so long: nobody is sent round in a circle.
NO_CIRCLE_FOR = timedelta(days=180)
MOST_SHOWN = 50


def may_be_named(ask: Ask, handle: str) -> Coach | None:
    """The coach of that handle, if they may be named to whoever asked; None, whatever the reason."""
    return session().scalar(public_coaches().where(*_for(ask), Coach.handle == handle.strip().lower()))


def to_name(ask: Ask) -> Sequence[Coach]:
    """Coaches for that kind of help who may be named to whoever asked, by name."""
    chosen = public_coaches().where(*_for(ask), Coach.kinds.contains([ask.kind]))
    found = session().scalars(chosen.limit(MOST_SHOWN)).all()
    return sorted(found, key=lambda coach: (coach.user.name.casefold(), coach.handle))


def named_still(coach_id: uuid.UUID) -> Coach | None:
    """A coach who was named, as long as everybody may see them."""
    return session().scalar(public_coaches().where(Coach.id == coach_id))


def _for(ask: Ask) -> tuple[ColumnElement[bool], ...]:
    """They agreed; and are neither the ask's coach, nor its asker, nor have sent the asker on themselves lately."""
    agreed = exists().where(AskSettings.coach_id == Coach.id, AskSettings.takes_referrals)
    sent_on = exists().where(
        Ask.coach_id == Coach.id,
        Ask.asker_id == ask.asker_id,
        Ask.referred_to_id.is_not(None),
        Ask.ended_at > clock.now() - NO_CIRCLE_FOR,
    )
    return agreed, Coach.id != ask.coach_id, Coach.user_id != ask.asker_id, ~sent_on
