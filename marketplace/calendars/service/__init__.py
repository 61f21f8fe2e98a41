"""Commands: calendars are added and removed, read by jobs, written by jobs."""

from marketplace.calendars.service.keeping import TooManyCalendars, add, read_now, remove
from marketplace.calendars.service.reading import fetch_calendar, fetch_calendars
from marketplace.calendars.service.writing import put_event, remove_event, write_event

__all__ = [
    "TooManyCalendars",
    "add",
    "fetch_calendar",
    "fetch_calendars",
    "put_event",
    "read_now",
    "remove",
    "remove_event",
    "write_event",
]
