"""Commands: find the reminders that are due, and send one if it is still true."""

import uuid
from datetime import timedelta

from marketplace import clock
from marketplace.bookings import queries
from marketplace.bookings.invites.service import meeting_url, session_url
from marketplace.bookings.meeting_links.rules import how_it_opens
from marketplace.bookings.reminders import queries as reminder_queries
from marketplace.bookings.reminders import rules
from marketplace.bookings.reminders.queries import Reminder
from marketplace.bookings.rules import CONFIRMED
from marketplace.db import transactional
from marketplace.jobs import enqueue, unfinished
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.notifications.service import draft, send_message, withdraw

TEMPLATE = "reminder"


@transactional
def send_reminders() -> None:
    """Find the reminders that are due and leave each to a job of its own."""
    for lead in rules.LEADS:
        due = reminder_queries.due(lead)
        under_way = unfinished("remind", argument="key") if due else set()
        for reminder in due:
            if reminder.key not in under_way:
                enqueue(
                    "remind",
                    once=reminder.key,
                    key=reminder.key,
                    booking_id=str(reminder.booking_id),
                    person_id=str(reminder.person_id),
                    lead=lead,
                )


def remind(key: str, booking_id: str, person_id: str, lead: str) -> None:
    """Send one reminder if it is still true; raises what the mail server said, for the queue to look and try again."""
    message_id = _drafted(key, uuid.UUID(booking_id), uuid.UUID(person_id), lead)
    if message_id is not None:
        send_message(str(message_id))


@transactional
def _drafted(key: str, booking_id: uuid.UUID, person_id: uuid.UUID, lead: str) -> uuid.UUID | None:
    booking = queries.locked(booking_id)
    person = booking.mentee if person_id == booking.mentee_id else booking.coach.user
    still = Reminder(booking.id, booking.sequence, person.id, lead).key == key
    left = booking.starts_at - clock.now()
    if (
        not still
        or booking.status != CONFIRMED
        or left <= timedelta()
        or not rules.wants_reminder(person.reminders, lead)
    ):
        withdraw(key)
        return None
    to_coach = person.id == booking.coach.user_id
    other = booking.mentee.name if to_coach else booking.coach.user.name
    zone = booking.coach.timezone if to_coach else booking.mentee.timezone
    with speaking(person.preferences):
        return draft(
            person.email,
            template=TEMPLATE,
            key=key,
            name=person.name,
            other=other,
            title=booking.title,
            meeting=_("%(title)s with %(name)s", title=booking.title, name=other),
            minutes=max(1, round(left / timedelta(minutes=1))),
            when=[clock.spoken(booking.starts_at, zone, booking.ends_at)],
            brief=booking.brief,
            meeting_url=meeting_url(booking),
            how_it_opens=how_it_opens(meeting_url(booking), coach=None if to_coach else other),
            session_url=session_url(booking),
            to_coach=to_coach,
        )
