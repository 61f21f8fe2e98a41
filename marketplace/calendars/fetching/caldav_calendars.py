"""CalDAV (RFC 4791): busy times read, sessions written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote, urljoin

import caldav
import requests
import structlog
from caldav.elements import cdav, dav
from caldav.lib.error import AuthorizationError, NotFoundError
from urllib3.exceptions import HTTPError

from marketplace import config
from marketplace.calendars.fetching.guarded_session import Reading, Unreadable, guarded, refused
from marketplace.calendars.rules import faults
from marketplace.calendars.rules.faults import kept

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger()

CALENDAR_TEXT = {"Content-Type": "text/calendar; charset=utf-8"}
WHAT_IS_IT = '<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'
QUERY = """<?xml version="1.0"?>
<c:calendar-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
  <prop><getetag/><c:calendar-data/></prop>
  <c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
    <c:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>
  </c:comp-filter></c:comp-filter></c:filter>
</c:calendar-query>"""
EMPTY = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR"


def read_caldav(url: str, username: str, password: str, *, start: datetime, end: datetime) -> Reading:
    """The events of a CalDAV calendar that touch [start, end), one iCalendar object after the other."""
    with _client(url, username, password) as client:
        query = QUERY.format(start=start, end=end)
        answer = _checked(_asked(client.report, _folder(_calendar(client, url)), query, depth=1))
        objects = _asked(answer.expand_simple_props, [cdav.CalendarData()])
        texts = [found.get(cdav.CalendarData.tag) for found in objects.values()]
        return Reading("\r\n".join([text for text in texts if text] or [EMPTY]).encode())


def put_event(url: str, username: str, password: str, *, uid: str, ics: str) -> None:
    """Write an event; one of the same UID is replaced, wherever in the calendar it stands."""
    with _client(url, username, password) as client:
        calendar = _calendar(client, url)
        answer = _asked(client.put, _place(calendar, uid), ics, CALENDAR_TEXT)
        if answer.status in {409, 412}:
            # RFC 4791 5.3.2.1, no-uid-conflict: the mail program has put the invite there already.
            answer = _asked(client.put, _found(calendar, uid), ics, CALENDAR_TEXT)
        _checked(answer)


def delete_event(url: str, username: str, password: str, *, uid: str) -> None:
    """Take an event out; it is all the same if there is none."""
    with _client(url, username, password) as client:
        calendar = _calendar(client, url)
        answer = _asked(client.delete, _place(calendar, uid))
        if answer.status in {404, 410}:
            with suppress(NotFoundError):
                _asked(client.delete, _found(calendar, uid))
        else:
            _checked(answer)


def _place(calendar: caldav.Calendar, uid: str) -> str:
    """Where we put the event of that UID: always the same resource, so that writing twice writes once."""
    return urljoin(_folder(calendar), f"{quote(uid, safe='@')}.ics")


def _folder(calendar: caldav.Calendar) -> str:
    return str(calendar.url).rstrip("/") + "/"


def _found(calendar: caldav.Calendar, uid: str) -> str:
    return str(_asked(calendar.event_by_uid, uid).url)


@contextmanager
def _client(url: str, username: str, password: str) -> Iterator[caldav.DAVClient]:
    # Discovery, the question and perhaps a second sign-in: several answers, so twice the time of one.
    with guarded(2 * config.current().calendar_timeout_seconds) as session:
        client = caldav.DAVClient(url=url, username=username, password=password)
        client.session.close()
        client.session = session
        session.hooks["response"].append(_speaks_xml)
        try:
            yield client
        except AuthorizationError as error:
            raise Unreadable(refused(401, signed_in=True)) from error
        except NotFoundError as error:
            raise Unreadable(refused(404, signed_in=True)) from error


def _asked(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """One call of the library and nothing of ours. Over an answer that is no CalDAV it trips in many ways.

    The coach is told that it is the server's; the log keeps where it was, should it be ours.
    """
    try:
        return call(*args, **kwargs)
    except (Unreadable, AuthorizationError, NotFoundError, requests.RequestException, HTTPError, OSError):
        raise
    except Exception as error:
        log.warning("calendar.not_caldav", call=getattr(call, "__qualname__", ""), exc_info=True)
        raise Unreadable(kept(faults.NOT_CALDAV)) from error


def _speaks_xml(response: Any, **_: Any) -> None:
    """A page instead of an answer: said here, before the library logs the whole of it."""
    if response.status_code < 300 and response.content and b"<html" in response.content[:2000].lower():
        raise Unreadable(kept(faults.NOT_CALDAV))


def _calendar(client: caldav.DAVClient, url: str) -> caldav.Calendar:
    """The calendar at `url`, or the only one of the person whose server that is."""
    answer = _asked(client.propfind, url, WHAT_IS_IT, depth=0)
    if answer.status in {404, 405, 410} or answer.status >= 500:
        raise Unreadable(refused(answer.status, signed_in=True))
    if answer.status < 300 and _is_calendar(answer):
        return client.calendar(url=url)
    found: list[caldav.Calendar] = _asked(lambda: client.principal().calendars())
    if len(found) != 1:
        raise Unreadable(_which(found))
    return found[0]


def _is_calendar(answer: Any) -> bool:
    kinds = [found.get(dav.ResourceType.tag) for found in _asked(answer.find_objects_and_props).values()]
    return any(kind is not None and kind.find(cdav.Calendar.tag) is not None for kind in kinds)


def _which(found: list[caldav.Calendar]) -> str:
    if not found:
        return kept(faults.NO_CALENDAR)
    places = ", ".join(str(calendar.url) for calendar in found[:5])
    return kept(faults.SEVERAL, count=len(found), addresses=places)


def _checked(answer: Any) -> Any:
    if answer.status >= 300:
        raise Unreadable(refused(answer.status, signed_in=True))
    return answer
