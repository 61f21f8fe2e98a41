"""Reading published answers: public ones, and those in the making."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from marketplace.accounts.models import User
from marketplace.asks.models import Ask
from marketplace.asks.published_answers.models import PublishedAnswer
from marketplace.asks.published_answers.rules import PUBLISHED
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import APPROVED
from marketplace.coaches.words.queries import telling
from marketplace.db import session
from marketplace.errors import NotFound

PAGE = 20
WHOLE = (
    joinedload(PublishedAnswer.ask, innerjoin=True).options(
        joinedload(Ask.coach, innerjoin=True), joinedload(Ask.asker, innerjoin=True)
    ),
)


@dataclass(frozen=True)
class AnswerPage:
    """Some public answers, and where the next page begins (None: nowhere)."""

    answers: Sequence[PublishedAnswer]
    after: uuid.UUID | None


def _public() -> Select[PublishedAnswer]:
    return (
        select(PublishedAnswer)
        .join(Coach, Coach.id == PublishedAnswer.coach_id)
        .join(User, User.id == Coach.user_id)
        .where(PublishedAnswer.status == PUBLISHED, Coach.status == APPROVED, User.active)
    )


def public_of(coach_id: uuid.UUID) -> Select[PublishedAnswer]:
    """The answers of one coach that everybody may read."""
    return _public().where(PublishedAnswer.coach_id == coach_id)


def public(answer_id: uuid.UUID) -> PublishedAnswer:
    """One that everybody may read, with its coach; NotFound."""
    chosen = _public().options(contains_eager(PublishedAnswer.coach).contains_eager(Coach.user))
    found = session().scalar(chosen.where(PublishedAnswer.id == answer_id))
    if found is None:
        raise NotFound
    return found


def of_coach(
    coach: Coach, *, text: str = "", language: str = "en", after: uuid.UUID | None = None, limit: int = PAGE
) -> AnswerPage:
    """A public coach's public answers, the newest first; of `text` those that say enough of it, in that language."""
    chosen = public_of(coach.id)
    if text.strip():
        chosen = chosen.where(_says(text, language))
    if after is not None:
        last = select(PublishedAnswer.published_at, PublishedAnswer.id).where(PublishedAnswer.id == after)
        chosen = chosen.where(tuple_(PublishedAnswer.published_at, PublishedAnswer.id) < last.scalar_subquery())
    order = PublishedAnswer.published_at.desc(), PublishedAnswer.id.desc()
    found = session().scalars(chosen.order_by(*order).limit(limit + 1)).all()
    return AnswerPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def _says(text: str, language: str) -> ColumnElement[bool]:
    """What is typed to search: all of it is there, by a beginning of a word where it is too short to tell anything."""
    plain = [PublishedAnswer.sought.contains(word.lower(), autoescape=True) for word in text.split()]
    return or_(telling(text, language).fits(PublishedAnswer), and_(*plain))


def count_public(coach_id: uuid.UUID) -> int:
    """How many answers of a coach are public."""
    chosen = select(func.count()).where(PublishedAnswer.coach_id == coach_id, PublishedAnswer.status == PUBLISHED)
    return int(session().scalar(chosen) or 0)


def addresses(*, since: uuid.UUID, limit: int) -> Sequence[tuple[str, uuid.UUID]]:
    """Handle and id of as many public answers, from this id on, in the order of ids."""
    chosen = _public().with_only_columns(Coach.handle, PublishedAnswer.id).where(PublishedAnswer.id >= since)
    return [(handle, found) for handle, found in session().execute(chosen.order_by(PublishedAnswer.id).limit(limit))]


def every(step: int) -> Sequence[uuid.UUID]:
    """The ids of the first public answer, and of each that comes `step` after the one before."""
    place = (func.row_number().over(order_by=PublishedAnswer.id) - 1).label("place")
    places = _public().with_only_columns(PublishedAnswer.id, place).subquery()
    return session().scalars(select(places.c.id).where(places.c.place % step == 0).order_by(places.c.id)).all()


def of_ask(ask_id: uuid.UUID) -> PublishedAnswer | None:
    """What is, or is to be, published of an ask; None. Who may see the ask may see it."""
    chosen = select(PublishedAnswer).options(*WHOLE).where(PublishedAnswer.ask_id == ask_id)
    return session().scalar(chosen, execution_options={"populate_existing": True})


def locked_of(ask_id: uuid.UUID) -> PublishedAnswer | None:
    """The same as it is now, locked until the transaction ends. Its ask is locked before it."""
    chosen = select(PublishedAnswer).options(*WHOLE).where(PublishedAnswer.ask_id == ask_id)
    return session().scalar(chosen.with_for_update(of=PublishedAnswer), execution_options={"populate_existing": True})
