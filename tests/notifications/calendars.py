"""A calendar as a mail program keeps it: it takes invites in any order and shows what stands."""

from datetime import datetime
from typing import Any

from icalendar import Calendar, Event


class CalendarStore:
    """Events by UID. RFC 5546 3.2: the higher SEQUENCE wins, and where they are equal the later DTSTAMP."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[tuple[int, datetime], Event | None]] = {}

    def take(self, text: str) -> None:
        calendar: Any = Calendar.from_ical(text)
        for event in calendar.walk("VEVENT"):
            version = (int(event["SEQUENCE"]), event["DTSTAMP"].dt)
            uid = str(event["UID"])
            if uid not in self._known or self._known[uid][0] <= version:
                self._known[uid] = (version, None if calendar["METHOD"] == "CANCEL" else event)

    def standing(self) -> dict[str, datetime]:
        """When each event that stands begins, by UID."""
        return {uid: event.start for uid, (_version, event) in self._known.items() if event is not None}
