"""Events as calendars understand them: VEVENT (RFC 5545) and its messages (RFC 5546). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar, Conference, Event, vCalAddress, vUri

from marketplace.languages import gettext as _
from marketplace.notifications.rules.mail import one_line
from marketplace.text import mail_address

PRODUCT = "-//Fairhour//Sessions//EN"
CANCELLED = "CANCELLED"
# How often a subscribed calendar may ask again.
ASK_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class CalendarUser:
    """A calendar user (RFC 5545): an organiser or attendee of an event."""

    name: str
    email: str


@dataclass(frozen=True)
class CalendarEvent:
    """One event under one `uid` for life; whatever moves or cancels it comes with a higher `sequence`.

    `location` is where to meet, usually a link; `url` is the page about it. Its times are written in UTC: programs show
    them in the zone of whoever reads, and no two of them read a description of a zone alike.
    """

    uid: str
    sequence: int
    status: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    organiser: CalendarUser
    attendees: tuple[CalendarUser, ...]
    location: str
    url: str
    created_at: datetime
    changed_at: datetime
    # Which meeting of a series it is, by when that was to begin (RFC 5545 3.8.4.4).
    instance: datetime | None = None


def calendar_file(
    meetings: Sequence[CalendarEvent], *, method: str, stamp: datetime | None = None, name: str | None = None
) -> str:
    """An iCalendar object: REQUEST asks to keep a meeting, CANCEL to drop it, PUBLISH tells of several.

    `stamp` is when the message was made; without one each meeting's last change stands there, so that the same
    meetings make the same bytes. What is published has no attendees (RFC 5546 3.2.1). `name` is the calendar's.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if name is not None:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for meeting in meetings:
        calendar.add_component(_event(meeting, method, stamp or meeting.changed_at))
    return calendar.to_ical().decode()


def _event(meeting: CalendarEvent, method: str, stamp: datetime) -> Event:
    event = Event()
    fields: dict[str, Any] = {
        "uid": meeting.uid,
        "sequence": meeting.sequence,
        "dtstamp": stamp,
        "created": meeting.created_at,
        "last-modified": meeting.changed_at,
        "dtstart": meeting.starts_at.astimezone(UTC),
        "dtend": meeting.ends_at.astimezone(UTC),
        "summary": one_line(meeting.summary),
        "description": meeting.description,
        "location": meeting.location,
        "url": vUri(meeting.url),
        "status": meeting.status,
        "transp": "TRANSPARENT" if meeting.status == CANCELLED else "OPAQUE",
        "organizer": _address(meeting.organiser),
    }
    for field, value in fields.items():
        event.add(field, value)
    if meeting.instance is not None:
        event.add("recurrence-id", meeting.instance.astimezone(UTC))
    if meeting.location.startswith("https://"):
        event.conferences = [Conference(meeting.location, feature="VIDEO", label=_("Join the session"))]
    for person in meeting.attendees if method != "PUBLISH" else ():
        event.add("attendee", _attendee(person))
    return event


def _address(person: CalendarUser) -> vCalAddress:
    address = vCalAddress(f"mailto:{mail_address(person.email)}")
    # A quoted parameter cannot hold a quotation mark (RFC 5545 3.2).
    address.params["CN"] = one_line(person.name).replace('"', "'")
    return address


def _attendee(person: CalendarUser) -> vCalAddress:
    address = _address(person)
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = "ACCEPTED"
    address.params["RSVP"] = "FALSE"
    return address
