"""Commands: a coach adds, refreshes and removes calendars."""

import uuid

from sqlalchemy import func, select

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.calendars import queries
from marketplace.calendars.models import Calendar
from marketplace.calendars.rules import addresses as rules
from marketplace.calendars.service.imports import ask_to_read
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import may_publish
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed
from marketplace.jobs import enqueue


class TooManyCalendars(Conflict):
    """You have ten calendars already. Remove one first."""


class NotReadYet(NotAllowed):
    """Calendars are read once your profile is approved."""


@transactional
def add(
    user: User, *, kind: str, name: str, url: str, username: str = "", password: str = "", writes: bool = False
) -> Calendar:
    """Read a calendar from now on, the first time in a moment; with `writes` (CalDAV), put sessions into it.

    That of somebody who is not approved is kept and read once they are: nobody makes us fetch an address unvetted.
    Raises Invalid naming the field, TooManyCalendars.
    """
    coach = coaches.profile_of(user)
    session().execute(select(Coach.id).where(Coach.id == coach.id).with_for_update(key_share=True))
    count = session().scalar(select(func.count()).where(Calendar.coach_id == coach.id))
    if (count or 0) >= rules.MOST_CALENDARS:
        raise TooManyCalendars
    try:
        address = rules.address(url, plain_http=not config.current().production)
    except rules.WrongAddress as error:
        raise Invalid(url=str(error)) from error
    secret = {"url": address, "username": username, "password": password}
    calendar = Calendar(
        id=uuid7(),
        coach_id=coach.id,
        kind=kind,
        name=name,
        sealed=rules.sealed(secret, config.current().encryption_keys()),
        hint=rules.hint(address),
        writes=writes and kind == rules.CALDAV,
        next_read_at=clock.now(),
        created_at=clock.now(),
    )
    session().add(calendar)
    session().flush()
    record(user.id, "calendar.added", calendar.id, kind=kind, writes=calendar.writes)
    if not may_publish(coach.status):
        return calendar
    ask_to_read(calendar.id)
    if calendar.writes:
        # Bookings stand above: the job's name is all that is known of them here.
        enqueue("export_sessions", coach_id=str(coach.id))
    return calendar


@transactional
def read_now(user: User, *, calendar_id: uuid.UUID) -> Calendar:
    """Have a calendar read as soon as a worker can, whatever went wrong before; raises NotReadYet."""
    calendar = queries.own(user, calendar_id)
    if not may_publish(coaches.profile_of(user).status):
        raise NotReadYet
    calendar.next_read_at = clock.now()
    ask_to_read(calendar.id)
    return calendar


@transactional
def remove(user: User, *, calendar_id: uuid.UUID) -> None:
    """Forget a calendar and its busy times. What was written there stays there."""
    calendar = queries.own(user, calendar_id)
    session().execute(select(Coach.id).where(Coach.id == calendar.coach_id).with_for_update(key_share=True))
    record(user.id, "calendar.removed", calendar.id)
    session().delete(calendar)
