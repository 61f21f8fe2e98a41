"""Coaches for the same matter who have time and take asks, soonest free first.

How they answer orders nothing.
"""

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select

from marketplace import clock
from marketplace.asks.models import Ask, AskSettings
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.queue.rules import WAITING
from marketplace.asks.rules.capacity import WEEK, Capacity
from marketplace.asks.rules.states import ASKED, OPEN
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.queries.search import SearchResult, search

MOST_TOPICS = 3
LOOKED_AT = 20
MOST_SHOWN = 8


def more_available(coach: Coach, *, kind: str, asker_id: uuid.UUID | None = None) -> list[SearchResult]:
    """Others who give that kind of help on a topic of the coach's (else on any), have a free time and take an ask now.

    Soonest free first. Not `asker_id` themselves, nor anybody who gives another kind of help alone.
    """
    found: dict[uuid.UUID, SearchResult] = {}
    for topic in coach.topics[:MOST_TOPICS]:
        found |= _free(coach, SearchCriteria(kind=kind, topic=topic), asker_id)
    if not found:
        found = _free(coach, SearchCriteria(kind=kind), asker_id)
    return sorted(found.values(), key=lambda each: (each.starts_at, each.coach.id))[:MOST_SHOWN]


def _free(coach: Coach, criteria: SearchCriteria, asker_id: uuid.UUID | None) -> dict[uuid.UUID, SearchResult]:
    own = session().scalar(select(Coach.id).where(Coach.user_id == asker_id)) if asker_id else None
    items = search(criteria, limit=LOOKED_AT).items
    others = {each.coach.id: each for each in items if each.coach.id not in {coach.id, own}}
    room = _with_room({coach_id: clock.today(each.coach.timezone) for coach_id, each in others.items()})
    return {coach_id: each for coach_id, each in others.items() if coach_id in room}


def _with_room(days: Mapping[uuid.UUID, date]) -> frozenset[uuid.UUID]:
    """Which of these coaches take an ask on their own present day."""
    chosen = select(AskSettings).where(AskSettings.coach_id.in_(days))
    said = {each.coach_id: each.capacity for each in session().scalars(chosen)}
    recent = (Ask.origin == ASKED) & (Ask.sent_at > clock.now() - WEEK)
    counts = (
        select(Ask.coach_id, func.count().filter(Ask.status == OPEN), func.count().filter(recent))
        .where(Ask.coach_id.in_(days), (Ask.status == OPEN) | recent)
        .group_by(Ask.coach_id)
    )
    counted = {coach_id: (open_now, in_week) for coach_id, open_now, in_week in session().execute(counts)}
    queued = (
        select(QueuePlace.coach_id, func.count())
        .where(QueuePlace.coach_id.in_(days), QueuePlace.status == WAITING)
        .group_by(QueuePlace.coach_id)
    )
    waiting = dict(session().execute(queued).all())
    found = set()
    for coach_id, today in days.items():
        open_now, in_week = counted.get(coach_id, (0, 0))
        facts = {"open_now": open_now, "in_week": in_week, "in_queue": waiting.get(coach_id, 0)}
        if said.get(coach_id, Capacity()).refusal(today=today, **facts) is None:
            found.add(coach_id)
    return frozenset(found)
