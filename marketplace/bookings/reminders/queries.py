"""Which reminders are due."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, exists, func, or_, select

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.bookings.reminders import rules
from marketplace.bookings.reschedules import rules as reschedule_rules
from marketplace.bookings.reschedules.models import Reschedule
from marketplace.bookings.rules import CONFIRMED
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.notifications.models import Message


@dataclass(frozen=True)
class Reminder:
    """What a person is reminded of. Its `key` belongs to one time of the session: another time, another reminder."""

    booking_id: uuid.UUID
    sequence: int
    person_id: uuid.UUID
    lead: str

    @property
    def key(self) -> str:
        """Under which it is sent once."""
        return f"reminder:{self.booking_id}:{self.sequence}:{self.person_id}:{self.lead}"


def due(lead: str, limit: int = 500) -> Sequence[Reminder]:
    """What was not reminded of yet; not what was booked, or rescheduled to its time, when it was nearer already."""
    after, until = rules.reminder_window(lead, clock.now())
    stands_for_long = Booking.confirmed_at <= Booking.starts_at - rules.LEADS[lead]
    moved_late = exists().where(
        Reschedule.booking_id == Booking.id,
        Reschedule.status.in_(reschedule_rules.MOVED),
        Reschedule.decided_at > Booking.starts_at - rules.LEADS[lead],
    )
    key = func.concat_ws(":", "reminder", cast(Booking.id, Text), Booking.sequence, cast(User.id, Text), lead)
    chosen = (
        select(Booking.id, Booking.sequence, User.id)
        .join(Coach, Coach.id == Booking.coach_id)
        .join(User, or_(User.id == Booking.mentee_id, User.id == Coach.user_id))
        .where(
            Booking.status == CONFIRMED,
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
