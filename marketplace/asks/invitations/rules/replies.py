"""The answer to an invitation for its organiser's calendar (RFC 5546 3.2.3). Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress

from marketplace.notifications.rules.calendar_events import PRODUCT
from marketplace.notifications.rules.mail import one_line
from marketplace.text import mail_address

ACCEPTED, DECLINED = "ACCEPTED", "DECLINED"


@dataclass(frozen=True)
class InvitationReply:
    """Who answers which version of which meeting: `instance` is the one of a series, None for all that was asked."""

    uid: str
    instance: datetime | None
    sequence: int
    starts_at: datetime
    minutes: int
    summary: str
    organiser_name: str
    organiser_email: str
    attendee_name: str
    attendee_email: str
    partstat: str
    comment: str
    stamp: datetime


def reply_file(reply: InvitationReply) -> str:
    """The iCalendar object of a reply. UID, SEQUENCE and RECURRENCE-ID are the invitation's, DTSTAMP is ours."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "REPLY")
    event = Event()
    event.add("uid", reply.uid)
    event.add("sequence", reply.sequence)
    event.add("dtstamp", reply.stamp)
    event.add("dtstart", reply.starts_at.astimezone(UTC))
    event.add("dtend", (reply.starts_at + timedelta(minutes=reply.minutes)).astimezone(UTC))
    if reply.instance is not None:
        event.add("recurrence-id", reply.instance.astimezone(UTC))
    if reply.summary:
        event.add("summary", one_line(reply.summary))
    event.add("organizer", _address(reply.organiser_name, reply.organiser_email))
    attendee = _address(reply.attendee_name, reply.attendee_email)
    attendee.params["PARTSTAT"] = reply.partstat
    event.add("attendee", attendee)
    if reply.comment:
        event.add("comment", one_line(reply.comment))
    event.add("request-status", "2.0;Success", encode=False)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{mail_address(email)}")
    # A quoted parameter cannot hold a quotation mark (RFC 5545 3.2).
    address.params["CN"] = one_line(name).replace('"', "'")
    return address
