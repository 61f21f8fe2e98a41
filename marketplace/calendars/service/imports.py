"""Jobs that read calendars elsewhere and keep their busy times."""

import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, insert, select

from marketplace import child_process, clock, config
from marketplace.calendars import queries
from marketplace.calendars.fetching import caldav_calendars, feeds
from marketplace.calendars.fetching.guarded_session import Reading, Unreadable
from marketplace.calendars.models import BusyTime, Calendar, WrittenEvent
from marketplace.calendars.rules import addresses as rules
from marketplace.calendars.rules import expansion
from marketplace.calendars.rules.addresses import Interval
from marketplace.calendars.rules.content_lines import Doubt
from marketplace.calendars.rules.expansion import BusyPart, FoundTimes, merged
from marketplace.calendars.service.exports import ask_to_write
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import may_publish
from marketplace.db import session, transactional, uuid7
from marketplace.jobs import enqueue
from marketplace.languages import lazy_gettext as _l

WORKING_OUT = child_process.command(expansion.__name__)
PATIENCE_SECONDS = 30
MOST_EVENTS = 20_000

# A reading that never came back (the worker was killed) is due again after so long.
LEASE = timedelta(minutes=5)
WRITTEN_KEPT = timedelta(days=7)

TOO_MUCH_WORK = _l("It takes too long to work out. Give the address of a smaller calendar.").message
CUT_OFF = _l("The calendar ends in the middle. What came counts, and what was known before.").message
BROKEN = _l("Something broke on our side while reading it. We try again.").message

log = structlog.get_logger()


@dataclass(frozen=True)
class _CalendarToRead:
    """What to read: a calendar as it stood when its turn came."""

    id: uuid.UUID
    kind: str
    secret: dict[str, str]
    etag: str | None
    last_modified: str | None
    zone: str
    window: Interval


def ask_to_read(calendar_id: uuid.UUID) -> None:
    """Have a calendar read by a worker. Few at once: a slow server must not keep mails and money waiting."""
    enqueue(
        "fetch_calendar",
        once=f"calendar:{calendar_id}",
        lane=f"calendars:{calendar_id.int % 2}",
        calendar_id=str(calendar_id),
    )


@transactional
def fetch_calendars() -> None:
    """Have every calendar read whose time has come, and every session written that is not yet."""
    now = clock.now()
    for calendar_id in queries.due(now):
        ask_to_read(calendar_id)
    session().execute(delete(WrittenEvent).where(WrittenEvent.ends_at < now - WRITTEN_KEPT))
    for event_id in queries.unwritten(now):
        ask_to_write(event_id)


def fetch_calendar(calendar_id: str) -> None:
    """Read one calendar if it is due. What goes wrong is kept on it, in words; the busy times then stay as they are."""
    try:
        wanted = _begin(uuid.UUID(calendar_id))
        if wanted is None:
            return
        reading = _read(wanted)
        _record(wanted, reading, None if reading.text is None else _work_out(reading.text, wanted))
    except Unreadable as error:
        _record_failure(uuid.UUID(calendar_id), error.sentence)
    except Exception:
        # One calendar that we fail at must not hold up those behind it in its lane.
        log.exception("calendar.broken", calendar_id=calendar_id)
        _record_failure(uuid.UUID(calendar_id), BROKEN)


@transactional
def _begin(calendar_id: uuid.UUID) -> _CalendarToRead | None:
    now = clock.now()
    calendar = queries.locked(calendar_id)
    if calendar is None or calendar.next_read_at > now or not may_publish(calendar.coach.status):
        return None
    calendar.next_read_at = now + LEASE
    window, zone = rules.window(now), calendar.coach.timezone
    # An unchanged text says something new once the horizon has moved, or the coach.
    still_good = (
        calendar.read_zone == zone and calendar.read_until is not None and calendar.read_until > window[1] - rules.SLACK
    )
    try:
        secret = rules.opened(calendar.sealed, config.current().encryption_keys())
    except rules.CalendarKeyMissing as error:
        _fail(calendar, str(error))
        return None
    return _CalendarToRead(
        id=calendar.id,
        kind=calendar.kind,
        secret=secret,
        etag=calendar.etag if still_good else None,
        last_modified=calendar.last_modified if still_good else None,
        zone=zone,
        window=window,
    )


def _read(wanted: _CalendarToRead) -> Reading:
    if wanted.kind == rules.CALDAV:
        return caldav_calendars.read_caldav(**wanted.secret, start=wanted.window[0], end=wanted.window[1])
    return feeds.read_feed(wanted.secret["url"], etag=wanted.etag, last_modified=wanted.last_modified)


def _work_out(text: bytes, wanted: _CalendarToRead) -> FoundTimes:
    """What the text says of the text, expanded by a child process that knows no secrets; raises Unreadable."""
    start, end = (moment.isoformat() for moment in wanted.window)
    asked = {"zone": wanted.zone, "start": start, "end": end, "most": MOST_EVENTS}
    try:
        said = child_process.answer(WORKING_OUT, asked, text, patience_seconds=PATIENCE_SECONDS)
    except child_process.ChildStopped as error:
        raise Unreadable(TOO_MUCH_WORK) from error
    answer = json.loads(said)
    if "error" in answer:
        raise Unreadable(answer["error"])
    return FoundTimes(
        busy=_parts(answer["busy"]),
        ours={uid: _parts(told) for uid, told in answer["ours"].items()},
        doubts=[Doubt(**doubt) for doubt in answer["doubts"]],
        doubt_count=answer["doubt_count"],
        complete=answer["complete"],
    )


def _parts(told: list[list[str]]) -> list[BusyPart]:
    read = datetime.fromisoformat
    return [BusyPart(read(begins), read(ends), event) for begins, ends, event in told]


@transactional
def _record(wanted: _CalendarToRead, reading: Reading, found: FoundTimes | None) -> None:
    coach_id = session().scalar(select(Calendar.coach_id).where(Calendar.id == wanted.id))
    # What moves free time locks the coach's row first, as those do who claim it.
    session().execute(select(Coach.id).where(Coach.id == coach_id).with_for_update(key_share=True))
    calendar = queries.locked(wanted.id)
    if calendar is None:
        return
    now = clock.now()
    calendar.ok_at, calendar.error, calendar.failures = now, None, 0
    if found is not None:
        _replace(calendar, _busy(calendar, found, since=wanted.window[0]))
        calendar.doubts, calendar.doubt_count = [asdict(doubt) for doubt in found.doubts], found.doubt_count
        calendar.read_until, calendar.read_zone = wanted.window[1], wanted.zone
        calendar.etag, calendar.last_modified = reading.etag, reading.last_modified
        if not found.complete:
            calendar.etag = calendar.last_modified = None
            calendar.error, calendar.failures = CUT_OFF, 1
    calendar.next_read_at = now + rules.wait_after(calendar.failures)


def _busy(calendar: Calendar, found: FoundTimes, *, since: datetime) -> list[BusyPart]:
    """What was found, without the sessions that the coach gives here: they claim their time themselves.

    What a calendar that is cut off does not say, it may have said further down: what was known before stays.
    """
    own = queries.coached(calendar.coach_id, found.ours)
    others = [part for uid, parts in found.ours.items() if uid not in own for part in parts]
    before = [] if found.complete else queries.busy_rows(calendar.id, since)
    return merged([*found.busy, *others, *before], MOST_EVENTS)


def _replace(calendar: Calendar, busy: list[BusyPart]) -> None:
    """Make the calendar's busy times these; rows of times that have not changed are not touched."""
    rows = session().execute(
        select(BusyTime.starts_at, BusyTime.ends_at, BusyTime.event, BusyTime.id).where(
            BusyTime.calendar_id == calendar.id
        )
    )
    before = {BusyPart(row.starts_at, row.ends_at, row.event): row.id for row in rows}
    after = set(busy)
    gone = [key for part, key in before.items() if part not in after]
    come = [part for part in busy if part not in before]
    if gone:
        session().execute(delete(BusyTime).where(BusyTime.id.in_(gone)))
    if come:
        mine = {"calendar_id": calendar.id, "coach_id": calendar.coach_id}
        session().execute(
            insert(BusyTime),
            [
                mine | {"id": uuid7(), "starts_at": begins, "ends_at": ends, "event": event}
                for begins, ends, event in come
            ],
        )


@transactional
def _record_failure(calendar_id: uuid.UUID, sentence: str) -> None:
    calendar = queries.locked(calendar_id)
    if calendar is not None:
        _fail(calendar, sentence)


def _fail(calendar: Calendar, sentence: str) -> None:
    calendar.failures += 1
    calendar.error = sentence
    calendar.next_read_at = clock.now() + rules.wait_after(calendar.failures)
