"""What the application knows by itself: answers to asks, and no-shows without pay."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import aliased

from marketplace import clock
from marketplace.asks.models import Ask
from marketplace.asks.rules import states as ask_states
from marketplace.bookings import queries as bookings
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.models import Booking
from marketplace.bookings.overruns.models import Overrun
from marketplace.bookings.overruns.rules import UNPAID
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional
from marketplace.unpaid_time.models import UnpaidEntry
from marketplace.unpaid_time.rules import minutes as rules
from marketplace.unpaid_time.service import timers
from marketplace.unpaid_time.service.entries import cancel_out, write

AT_ONCE = 200
NOTHING_KEPT = Booking.price_cents > 0, Booking.refunded_cents == Booking.price_cents
UNPAID_NO_SHOW = (Booking.outcome == booking_rules.MENTEE_NO_SHOW, Booking.frozen_at.is_(None), *NOTHING_KEPT)


def record_unpaid_time() -> None:
    """Write down what is known and not written yet, take back what has turned out otherwise, stop old timers.

    Safe to run twice, and at the same time.
    """
    for ask_id in _answers():
        _answer(ask_id)
    for booking_id in _no_shows():
        _no_show(booking_id)
    for overrun_id in _overruns():
        _overrun(overrun_id)
    for entry_id in _undone():
        _undo(entry_id)
    timers.stop_forgotten()


def _answers() -> Sequence[uuid.UUID]:
    known = exists().where(UnpaidEntry.key == func.concat("answer:", Ask.id))
    chosen = select(Ask.id).where(
        Ask.status == ask_states.ANSWERED,
        Ask.answer_minutes > 0,
        Ask.ended_at > clock.now() - rules.LOOK_BACK,
        ~known,
    )
    return session().scalars(chosen.order_by(Ask.ended_at).limit(AT_ONCE)).all()


@transactional
def _answer(ask_id: uuid.UUID) -> None:
    ask = session().get_one(Ask, ask_id)
    coach = session().get_one(Coach, ask.coach_id)
    write(
        coach,
        f"answer:{ask.id}",
        rules.ANSWER,
        ask.answer_minutes or 0,
        day=_day(ask.ended_at or clock.now(), coach),
        subject_id=ask.id,
        receiver_id=ask.asker_id,
        help_kind=ask.kind,
    )


def _no_shows() -> Sequence[uuid.UUID]:
    known = exists().where(UnpaidEntry.key == func.concat("no-show:", Booking.id))
    now = clock.now()
    chosen = select(Booking.id).where(
        *UNPAID_NO_SHOW,
        Booking.starts_at > now - rules.LOOK_BACK,
        Booking.starts_at <= now,
        Booking.ended_at <= now - rules.NO_SHOW_SETTLES,
        ~known,
    )
    return session().scalars(chosen.order_by(Booking.starts_at).limit(AT_ONCE)).all()


@transactional
def _no_show(booking_id: uuid.UUID) -> None:
    booking = bookings.locked(booking_id)
    write(
        booking.coach,
        f"no-show:{booking.id}",
        rules.NO_SHOW,
        (booking.ends_at - booking.starts_at).seconds // 60,
        day=_day(booking.starts_at, booking.coach),
        subject_id=booking.id,
        value=(booking.list_cents, booking.currency),
    )


def _overruns() -> Sequence[uuid.UUID]:
    """Overruns that nobody paid for."""
    known = exists().where(UnpaidEntry.key == func.concat("overrun:", Overrun.id))
    chosen = select(Overrun.id).where(
        Overrun.status.in_(UNPAID), Overrun.ended_at > clock.now() - rules.LOOK_BACK, ~known
    )
    return session().scalars(chosen.order_by(Overrun.id).limit(AT_ONCE)).all()


@transactional
def _overrun(overrun_id: uuid.UUID) -> None:
    overrun = session().get_one(Overrun, overrun_id)
    booking = bookings.locked(overrun.booking_id)
    write(
        booking.coach,
        f"overrun:{overrun.id}",
        rules.OVERRUN,
        overrun.minutes,
        day=_day(booking.ends_at, booking.coach),
        subject_id=booking.id,
        receiver_id=booking.mentee_id,
        value=(overrun.price_cents, overrun.currency),
    )


def _undone() -> Sequence[uuid.UUID]:
    """No-shows that were written down and are none any more."""
    undo = aliased(UnpaidEntry)
    written = (
        select(UnpaidEntry.id)
        .join(Booking, Booking.id == UnpaidEntry.subject_id)
        .outerjoin(undo, undo.reverses_id == UnpaidEntry.id)
        .where(
            UnpaidEntry.kind == literal(rules.NO_SHOW),
            UnpaidEntry.source == rules.SYSTEM,
            UnpaidEntry.reverses_id.is_(None),
            UnpaidEntry.created_at > clock.now() - rules.LOOK_BACK,
            undo.id.is_(None),
            Booking.outcome.is_distinct_from(booking_rules.MENTEE_NO_SHOW)
            | (Booking.refunded_cents < Booking.price_cents),
        )
    )
    return session().scalars(written.limit(AT_ONCE)).all()


@transactional
def _undo(entry_id: uuid.UUID) -> None:
    cancel_out(session().get_one(UnpaidEntry, entry_id), by=None)


def _day(instant: datetime, coach: Coach) -> date:
    return instant.astimezone(ZoneInfo(coach.timezone)).date()
