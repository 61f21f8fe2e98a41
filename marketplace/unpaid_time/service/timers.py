"""Commands: let a timer run, and write down what it says."""

import uuid
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict
from marketplace.unpaid_time import queries
from marketplace.unpaid_time.models import UnpaidEntry, UnpaidTimer
from marketplace.unpaid_time.rules import minutes as rules
from marketplace.unpaid_time.service.entries import check, write


class TimerRuns(Conflict):
    """A timer runs already. Stop it before you start another."""


class NoTimer(Conflict):
    """No timer runs."""


@transactional
def start(coach_user: User, *, kind: str, note: str = "") -> UnpaidTimer:
    """Start a coach's timer; it stops by itself after four hours. Raises NotFound, Invalid, TimerRuns."""
    coach = coaches.profile_of(coach_user)
    check(kind, note)
    row = {"entry_id": uuid7(), "kind": kind, "note": note.strip(), "started_at": clock.now()}
    made = insert(UnpaidTimer).values(coach_id=coach.id, **row).on_conflict_do_nothing()
    begun = session().scalar(made.returning(UnpaidTimer.coach_id))
    if begun is None:
        raise TimerRuns
    record(coach_user.id, "unpaid_time.timer_started", coach.id, kind=kind)
    return session().get_one(UnpaidTimer, coach.id, populate_existing=True)


@transactional
def stop(coach_user: User) -> UnpaidEntry:
    """Stop the timer and write its minutes down, begun ones too. Raises NotFound, NoTimer."""
    coach = coaches.profile_of(coach_user)
    timer = _taken(coach.id)
    if timer is None:
        raise NoTimer
    return _written(coach, timer)


@transactional
def discard(coach_user: User) -> None:
    """Stop the timer and forget what it says. Raises NotFound, NoTimer."""
    coach = coaches.profile_of(coach_user)
    if _taken(coach.id) is None:
        raise NoTimer
    record(coach_user.id, "unpaid_time.timer_discarded", coach.id)


def _taken(coach_id: uuid.UUID) -> UnpaidTimer | None:
    """The timer, gone with this: whoever comes second finds none."""
    gone = delete(UnpaidTimer).where(UnpaidTimer.coach_id == coach_id).returning(UnpaidTimer)
    return session().scalar(gone, execution_options={"synchronize_session": False})


def _written(coach: Coach, timer: UnpaidTimer) -> UnpaidEntry:
    write(
        coach,
        f"timer:{timer.entry_id}",
        timer.kind,
        rules.timed_minutes(timer.started_at, clock.now()),
        day=min(timer.started_at, clock.now()).astimezone(ZoneInfo(coach.timezone)).date(),
        source=rules.TIMER,
        note=timer.note,
        entry_id=timer.entry_id,
    )
    return queries.one(coach, timer.entry_id)


def stop_forgotten() -> None:
    """Stop the timers that have run as long as one may."""
    over = select(UnpaidTimer.coach_id).where(UnpaidTimer.started_at <= clock.now() - rules.TIMER_AT_MOST)
    for coach_id in session().scalars(over.limit(200)).all():
        _stop_forgotten(coach_id)


@transactional
def _stop_forgotten(coach_id: uuid.UUID) -> None:
    over = UnpaidTimer.started_at <= clock.now() - rules.TIMER_AT_MOST
    gone = delete(UnpaidTimer).where(UnpaidTimer.coach_id == coach_id, over).returning(UnpaidTimer)
    timer = session().scalar(gone, execution_options={"synchronize_session": False})
    if timer is not None:
        _written(session().get_one(Coach, coach_id), timer)
