"""Commands: take a place in a coach's queue, leave it, and what moves or ends places."""

import uuid
from datetime import datetime, time
from zoneinfo import ZoneInfo

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks import queries as asks
from marketplace.asks.notifications import queue as mails
from marketplace.asks.queue import queries, rules
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.queue.transitions import transition_place
from marketplace.asks.rules.brief import Brief
from marketplace.asks.rules.capacity import Capacity
from marketplace.asks.service import sending
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.coaches.service.profiles import locked as locked_coach
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, FairhourError, Invalid
from marketplace.languages import gettext as _


class QueueFull(Conflict):
    """As many wait for this coach as a queue holds. Ask somebody more available."""


class PlaceTakenAlready(Conflict):
    """You wait in the queue of this coach already. Leave it first to write another ask."""


@transactional
def join(asker: User, *, handle: str, expected_price_cents: int | None = None, **fields: object) -> QueuePlace:
    """Keep a whole ask until its coach takes one more; it is sent by itself, after those who came before.

    Where there is room it is sent at once. Raises what `sending.send` raises but for AsksFull and AsksOfWeekFull;
    AsksClosed for a coach who never takes any, QueueFull, PlaceTakenAlready, Invalid for a day that comes too soon.
    """
    brief = Brief(**fields)  # type: ignore[arg-type]  # the schema has checked them
    coach = coaches.by_handle(handle)
    if coach.user_id == asker.id:
        raise sending.OwnAsk
    sending.check(coach, brief, zone=asker.timezone)
    # Those who come at once stand one behind the other.
    locked_coach(coach.id)
    capacity, price_cents = asks.settings_of(coach.id).capacity, asks.price_of(coach, brief.minutes, brief.kind)
    if price_cents is None or not capacity.ever_takes:
        raise sending.AsksClosed
    if expected_price_cents not in {None, price_cents}:
        raise sending.AskPriceChanged(price_cents=price_cents)
    if asks.has_waiting(asker.id, coach.id):
        raise sending.AskWaitsAlready
    if queries.count_waiting(coach.id) >= rules.MOST_WAITING:
        raise QueueFull
    place = QueuePlace(
        id=uuid7(),
        coach_id=coach.id,
        coach=coach,
        asker_id=asker.id,
        asker=asker,
        status=rules.WAITING,
        written=brief.as_json(),
        price_cents=price_cents,
        currency=coach.currency,
        joined_at=clock.now(),
        lapses_at=_kept_until(coach, capacity, brief, asker.timezone),
    )
    with refusing("ask_queue_places_one_idx", PlaceTakenAlready):
        session().add(place)
    record(asker.id, "queue_place.taken", place.id, coach_id=str(coach.id), price_cents=price_cents)
    _send_what_fits(coach)
    if place.status == rules.WAITING:
        mails.tell_queued(place, position=queries.count_waiting(coach.id))
    return place


def _kept_until(coach: Coach, capacity: Capacity, brief: Brief, zone: str) -> datetime:
    """Until when a place is kept; Invalid where the coach takes none before the day by which the asker needs it."""
    now, opens_at = clock.now(), None
    if capacity.closed_until is not None:
        opens_at = datetime.combine(capacity.closed_until, time(), ZoneInfo(coach.timezone))
    kept = rules.lapses_at(now, opens_at=opens_at, by_when=brief.by_when, zone=zone)
    if kept <= max(now, opens_at or now):
        raise Invalid(by_when=_("No place becomes free by this day. Choose a later one."))
    return kept


@transactional
def leave(asker: User, *, place_id: uuid.UUID) -> QueuePlace:
    """Give a place up while it waits; harmless where it was sent or is over. NotFound for anybody else's."""
    queries.one(asker, place_id)
    place = queries.locked(place_id)
    if place.status == rules.WAITING:
        transition_place(place, rules.LEFT, by=asker.id)
    return place


def advance_queues() -> None:
    """End the places that were kept too long, and send whatever coaches have room for. Safe to run twice."""
    for place_id in queries.to_lapse():
        _lapse(place_id)
    for coach_id in queries.coaches_with_a_queue():
        _advance(coach_id)


@transactional
def _lapse(place_id: uuid.UUID) -> None:
    place = queries.locked(place_id)
    if place.status == rules.WAITING:
        _end(place, rules.TOO_LONG if place.lapses_at <= clock.now() else rules.GONE)


@transactional
def _advance(coach_id: uuid.UUID) -> None:
    _send_what_fits(locked_coach(coach_id))


def _send_what_fits(coach: Coach) -> None:
    """Send the first in the queue of a locked coach, one after the other, while there is room."""
    for place_id in queries.waiting(coach.id):
        if asks.refusal_of(coach, from_queue=True) is not None:
            return
        place = queries.locked(place_id)
        if place.status == rules.WAITING:
            _send_or_end(place)


def _send_or_end(place: QueuePlace) -> None:
    if not place.asker.active:
        transition_place(place, rules.LEFT)
        return
    cents = asks.price_of(place.coach, place.brief.minutes, place.brief.kind)
    if cents is None or cents > place.price_cents:
        _end(place, rules.GONE if cents is None else rules.PRICE)
        return
    try:
        ask = sending.deliver(place.asker, place.coach, place.brief, price_cents=cents)
    except FairhourError:
        _end(place, rules.BRIEF)
        return
    place.ask_id = ask.id
    transition_place(place, rules.SENT, ask_id=str(ask.id))
    mails.tell_sent_from_queue(ask)


def _end(place: QueuePlace, reason: str) -> None:
    place.lapse_reason = reason
    transition_place(place, rules.LAPSED, reason=reason)
    mails.tell_place_over(place, sentence=rules.LAPSES[reason])
