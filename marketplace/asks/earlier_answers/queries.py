"""Searching what a coach answered before, for what somebody is about to ask."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from marketplace.asks.earlier_answers.rules import ANSWER, MOST_SEARCHED, MOST_SHOWN, SHELF, Source
from marketplace.asks.published_answers.models import PublishedAnswer
from marketplace.asks.published_answers.queries import public, public_of
from marketplace.coaches.models import Coach
from marketplace.coaches.shelf.models import ShelfItem
from marketplace.coaches.words.queries import Telling, telling
from marketplace.db import session
from marketplace.errors import NotFound


@dataclass(frozen=True)
class EarlierAnswer:
    """Something that may answer what is asked: its title, what it says of itself, and where it stands.

    `answer` is a published answer's own text in Markdown, `url` the address of what is on the shelf; the other is ''.
    """

    source: Source
    kind: str
    title: str
    line: str
    language: str
    answer: str = ""
    url: str = ""


def found(coach: Coach, about: str, *, language: str) -> Sequence[EarlierAnswer]:
    """What a public coach has answered that says enough of this text; what says most of it first, three of a source.

    Of very many public answers the newest are looked through.

    Read in the language in which it is asked, by stems and by words that are nearly so spelt.
    """
    words = telling(about, language)
    if not words.words:
        return []
    newest = public_of(coach.id).order_by(PublishedAnswer.published_at.desc()).limit(MOST_SEARCHED)
    # Found first: what is looked at word by word is never more than these.
    ids = session().scalars(newest.with_only_columns(PublishedAnswer.id)).all()
    searched = select(PublishedAnswer).where(PublishedAnswer.id.in_(ids))
    answers = session().scalars(_best(searched, PublishedAnswer, words)).all()
    items = session().scalars(_best(select(ShelfItem).where(ShelfItem.coach_id == coach.id), ShelfItem, words)).all()
    return [*map(_of_answer, answers), *map(_of_item, items)]


def _best(chosen: Select[Any], table: Any, words: Telling) -> Select[Any]:
    order = words.found_in(table).desc(), table.id.desc()
    return chosen.where(words.fits(table)).order_by(*order).limit(MOST_SHOWN)


def _of_answer(found: PublishedAnswer) -> EarlierAnswer:
    source = Source(ANSWER, found.id)
    return EarlierAnswer(source, ANSWER, found.title, found.question, found.language, answer=found.answer)


def _of_item(found: ShelfItem) -> EarlierAnswer:
    return EarlierAnswer(Source(SHELF, found.id), found.kind, found.title, found.line, found.language, url=found.url)


def one(coach: Coach, source: Source) -> EarlierAnswer:
    """One that this public coach has now; NotFound."""
    if source.kind == ANSWER:
        answer = public(source.id)
        if answer.coach_id != coach.id:
            raise NotFound
        return _of_answer(answer)
    item = session().scalar(select(ShelfItem).where(ShelfItem.id == source.id, ShelfItem.coach_id == coach.id))
    if item is None:
        raise NotFound
    return _of_item(item)


def count_helped(coach_id: uuid.UUID) -> int:
    """How often a coach's answers and shelf were enough, so that no ask was sent."""
    totals = [
        select(func.coalesce(func.sum(table.helped), 0)).where(table.coach_id == coach_id).scalar_subquery()
        for table in (PublishedAnswer, ShelfItem)
    ]
    return int(session().scalar(select(totals[0] + totals[1])) or 0)
