"""Somebody's calendar on a CalDAV server that is none of ours, kept through a CalDAV client that is none either.

What a mail program does with invites is little, and stands here: put, replace, take out. What the calendar then holds,
and when that is, the server says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import caldav
from caldav.lib.error import NotFoundError
from icalendar import Calendar

from tests.calendars.conftest import Radicale


class Store:
    """Invites go in, as the text of a mail's calendar part; `standing` is what is there."""

    def __init__(self, calendar: caldav.Calendar) -> None:
        self._calendar = calendar

    @classmethod
    @contextmanager
    def at(cls, radicale: Radicale) -> Iterator["Store"]:
        """An empty one."""
        radicale.empty()
        with caldav.DAVClient(radicale.root, username=radicale.name, password=radicale.password) as client:
            yield cls(client.calendar(url=radicale.url))

    def imports(self, text: str) -> None:
        """As somebody who opens each attachment as it comes: a REQUEST is put under its UID, a CANCEL takes it out."""
        message: Any = Calendar.from_ical(text)
        for event in message.walk("VEVENT"):
            if message["METHOD"] == "CANCEL":
                self._take_out(event["UID"])
            else:
                self._put(message, event["UID"])

    def receives(self, text: str) -> None:
        """As a mail program by RFC 5546 3.2: what is older than what it knows of a UID says nothing any more.

        Older is a lower SEQUENCE, or the same and an earlier DTSTAMP. A cancelled event is kept as cancelled.
        """
        message: Any = Calendar.from_ical(text)
        for event in message.walk("VEVENT"):
            known = self._known(event["UID"])
            if known is None or _version(known) <= _version(event):
                self._put(message, event["UID"])

    def standing(self) -> dict[str, tuple[datetime, datetime, str]]:
        """From when until when each event lasts that is not cancelled, and where it is, by UID."""
        events = [event for held in self._calendar.events() for event in held.icalendar_instance.walk("VEVENT")]
        return {
            str(event["UID"]): (event.start.astimezone(UTC), event.end.astimezone(UTC), str(event["LOCATION"]))
            for event in events
            if event["STATUS"] != "CANCELLED"
        }

    def found_between(self, start: datetime, end: datetime) -> set[str]:
        """The events that stand and that the server itself finds in a time, by its own reading of their time zones."""
        found = self._calendar.search(start=start, end=end, event=True)
        events = [event for held in found for event in held.icalendar_instance.walk("VEVENT")]
        return {str(event["UID"]) for event in events if event["STATUS"] != "CANCELLED"}

    def holds_exactly(self, expected: dict[str, tuple[datetime, datetime, str]]) -> None:
        """Asserts that these stand and nothing else, each at its time and at no minute beside it."""
        assert self.standing() == expected
        minute = timedelta(minutes=1)
        for uid, (start, end, _place) in expected.items():
            assert uid in self.found_between(start, start + minute)
            assert uid in self.found_between(end - minute, end)
            assert uid not in self.found_between(start - minute, start) | self.found_between(end, end + minute)

    def _put(self, message: Any, uid: str) -> None:
        kept = message.copy()
        # RFC 4791 4.1: what is stored says no METHOD.
        kept.subcomponents = message.subcomponents
        del kept["METHOD"]
        place = self._calendar.url.join(f"{uid}.ics")
        answer = self._calendar.client.put(place, kept.to_ical().decode(), {"Content-Type": "text/calendar"})
        assert answer.status in {201, 204}, answer.status

    def _take_out(self, uid: str) -> None:
        try:
            self._calendar.event_by_uid(uid).delete()
        except NotFoundError:
            return

    def _known(self, uid: str) -> Any:
        try:
            (event,) = self._calendar.event_by_uid(uid).icalendar_instance.walk("VEVENT")
        except NotFoundError:
            return None
        return event


def _version(event: Any) -> tuple[int, datetime]:
    return int(event["SEQUENCE"]), event["DTSTAMP"].dt
