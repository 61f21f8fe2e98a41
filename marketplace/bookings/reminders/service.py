"""Reminders: a day and an hour before, as each of the two chose; true at the moment they are sent."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Text, cast, exists, func, or_, select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import queries, rules
from marketplace.bookings.invites.service import meeting_url, session_url
from marketplace.bookings.models import Booking, Move
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional
from marketplace.jobs import enqueue, unfinished
from marketplace.notifications.models import Message
from marketplace.notifications.service import draft, send_message, withdraw

TEMPLATE = "reminder"


@dataclass(frozen=True)
class Reminder:
    """What somebody is reminded of. Its `key` belongs to one time of the session: moved, it is another reminder."""

    booking_id: uuid.UUID
    sequence: int
    person_id: uuid.UUID
    lead: str

    @property
    def key(self) -> str:
        """Under which it is sent once."""
        return f"reminder:{self.booking_id}:{self.sequence}:{self.person_id}:{self.lead}"


@transactional
def send_reminders() -> None:
    """Find the reminders that are due and leave each to a job of its own."""
    for lead in rules.LEADS:
        due = _due(lead)
        under_way = unfinished("remind", "key") if due else set()
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


def _due(lead: str, limit: int = 500) -> Sequence[Reminder]:
    """What nobody was reminded of yet; not what was booked, or moved to its time, when it was nearer already."""
    after, until = rules.reminder_window(lead, clock.now())
    stands_for_long = Booking.confirmed_at <= Booking.starts_at - rules.LEADS[lead]
    moved_late = exists().where(
        Move.booking_id == Booking.id,
        Move.status.in_((rules.DONE, rules.ACCEPTED)),
        Move.decided_at > Booking.starts_at - rules.LEADS[lead],
    )
    key = func.concat_ws(":", "reminder", cast(Booking.id, Text), Booking.sequence, cast(User.id, Text), lead)
    chosen = (
        select(Booking.id, Booking.sequence, User.id)
        .join(Coach, Coach.id == Booking.coach_id)
        .join(User, or_(User.id == Booking.mentee_id, User.id == Coach.user_id))
        .where(
            Booking.status == rules.CONFIRMED,
            Booking.starts_at > after,
            Booking.starts_at <= until,
            User.reminders.in_(("both", lead)),
            stands_for_long,
            ~moved_late,
            ~exists().where(Message.key == key),
        )
        .order_by(Booking.starts_at)
        .limit(limit)
    )
    return [Reminder(*row, lead) for row in session().execute(chosen)]


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
        or booking.status != rules.CONFIRMED
        or left <= timedelta()
        or not rules.wants_reminder(person.reminders, lead)
    ):
        withdraw(key)
        return None
    to_coach = person.id == booking.coach.user_id
    other = booking.mentee.name if to_coach else booking.coach.user.name
    zone = booking.coach.timezone if to_coach else booking.mentee.timezone
    return draft(
        person.email,
        subject=f"{_in_words(left)}: {booking.title} with {other}",
        template=TEMPLATE,
        key=key,
        name=person.name,
        other=other,
        title=booking.title,
        when=clock.spoken(booking.starts_at, zone, booking.ends_at),
        brief=booking.brief,
        meeting_url=meeting_url(booking),
        session_url=session_url(booking),
        to_coach=to_coach,
    )


def _in_words(left: timedelta) -> str:
    """'In 24 hours', 'In 52 minutes', counted as people do."""
    minutes = max(1, round(left / timedelta(minutes=1)))
    if minutes < 90:
        return "In an hour" if minutes == 60 else f"In {minutes} minute{'s' if minutes > 1 else ''}"
    return f"In {round(minutes / 60)} hours"
