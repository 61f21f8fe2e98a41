"""Sessions written to a coach's own calendars: first what should stand there, then by a job."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from marketplace import clock, config
from marketplace.calendars import queries
from marketplace.calendars.fetching import caldav_calendars
from marketplace.calendars.fetching.guarded_session import Unreadable
from marketplace.calendars.models import Calendar, WrittenEvent
from marketplace.calendars.rules import addresses as rules
from marketplace.db import session, transactional, uuid7
from marketplace.jobs import enqueue
from marketplace.languages import lazy_gettext as _l

# The job that is enqueued with the event has so long before the sweep tries as well.
HEAD_START = timedelta(minutes=2)
MOST_ROUNDS = 5

BROKEN = _l("Something broke on our side. We try again.").message

log = structlog.get_logger()


@dataclass(frozen=True)
class _EventToWrite:
    """An entry as it should be at `version`; without `ics`, gone."""

    secret: dict[str, str]
    uid: str
    ics: str | None
    version: int


def ask_to_write(event_id: uuid.UUID | None) -> None:
    """Have an entry written by a worker, one after the other."""
    enqueue("export_event", once=f"export:{event_id}", lane="calendars:export", event_id=str(event_id))


@transactional
def put_event(coach_id: uuid.UUID, *, uid: str, ics: str) -> None:
    """Let the event stand in every calendar of the coach that is written to, in place of one of the same UID."""
    calendars = queries.written_to(coach_id)
    if not calendars:
        return
    text, ends_at = rules.personal(ics)
    state = {"ics": text, "ends_at": ends_at, "failures": 0, "next_try_at": clock.now() + HEAD_START}
    for calendar_id in calendars:
        row = {"id": uuid7(), "calendar_id": calendar_id, "uid": uid, "version": 1, "written_version": 0}
        written = session().scalar(
            insert(WrittenEvent)
            .values(row | state)
            .on_conflict_do_update(
                index_elements=["calendar_id", "uid"], set_=state | {"version": WrittenEvent.version + 1}
            )
            .returning(WrittenEvent.id)
        )
        ask_to_write(written)


@transactional
def remove_event(coach_id: uuid.UUID, *, uid: str) -> None:
    """Remove the event from every calendar into which we wrote it."""
    own = select(Calendar.id).where(Calendar.coach_id == coach_id)
    gone = session().scalars(
        update(WrittenEvent)
        .where(WrittenEvent.uid == uid, WrittenEvent.calendar_id.in_(own))
        .values(ics=None, version=WrittenEvent.version + 1, failures=0, next_try_at=clock.now() + HEAD_START)
        .returning(WrittenEvent.id)
        .execution_options(synchronize_session=False)
    )
    for event_id in gone.all():
        ask_to_write(event_id)


def export_event(event_id: str) -> None:
    """Make one calendar show one session as it stands now. Failures are kept on the calendar and tried again."""
    key = uuid.UUID(event_id)
    for _round in range(MOST_ROUNDS):
        event = _wanted(key)
        if event is None:
            return
        try:
            if event.ics is None:
                caldav_calendars.delete_event(**event.secret, uid=event.uid)
            else:
                caldav_calendars.put_event(**event.secret, uid=event.uid, ics=event.ics)
        except Unreadable as error:
            _record_failure(key, error.sentence)
            return
        except Exception:
            log.exception("calendar.write_broken", event_id=event_id)
            _record_failure(key, BROKEN)
            return
        # Somebody may have moved the session meanwhile, and that job may have been quicker than this one.
        if _record(key, event.version):
            return


@transactional
def _wanted(event_id: uuid.UUID) -> _EventToWrite | None:
    event = _locked(event_id)
    if event is None or event.written_version == event.version:
        return None
    try:
        secret = rules.opened(event.calendar.sealed, config.current().encryption_keys())
    except rules.CalendarKeyMissing as error:
        _fail(event, str(error))
        return None
    return _EventToWrite(secret, event.uid, event.ics, event.version)


def _locked(event_id: uuid.UUID) -> WrittenEvent | None:
    chosen = select(WrittenEvent).where(WrittenEvent.id == event_id)
    chosen = chosen.options(joinedload(WrittenEvent.calendar, innerjoin=True))
    return session().scalar(chosen.with_for_update().execution_options(populate_existing=True))


@transactional
def _record(event_id: uuid.UUID, version: int) -> bool:
    """Note that `version` was written; False if something newer is wanted by now."""
    event = _locked(event_id)
    if event is None:
        return True
    event.calendar.write_error = None
    event.written_version, event.failures = version, 0
    if event.version != version:
        return False
    if event.ics is None:
        session().delete(event)
    return True


@transactional
def _record_failure(event_id: uuid.UUID, sentence: str) -> None:
    event = _locked(event_id)
    if event is not None:
        _fail(event, sentence)


def _fail(event: WrittenEvent, sentence: str) -> None:
    event.failures += 1
    event.next_try_at = clock.now() + rules.wait_after(event.failures)
    event.calendar.write_error = sentence
