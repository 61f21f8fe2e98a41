"""Commands: write minutes down, and reverse what was wrong."""

import uuid
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, Invalid
from marketplace.languages import gettext as _
from marketplace.unpaid_time import queries
from marketplace.unpaid_time.models import UnpaidEntry
from marketplace.unpaid_time.rules import minutes as rules


class MinutesTakenBack(Conflict):
    """This was taken back already."""


class NotReversible(Conflict):
    """What follows from a session is taken back by cancelling that session, and a correction is not corrected."""


@transactional
def log(
    coach_user: User,
    *,
    kind: str,
    minutes: int,
    day: date | None = None,
    note: str = "",
    entry_id: uuid.UUID | None = None,
) -> UnpaidEntry:
    """Write down so many minutes that a coach gave away, today unless a day is named.

    With the same `entry_id` it is written once. Raises NotFound for whoever is no coach, Invalid.
    """
    coach = coaches.profile_of(coach_user)
    today = clock.today(coach.timezone)
    day = day or today
    check(kind, note)
    if not 1 <= minutes <= rules.MOST_MINUTES:
        raise Invalid(minutes=_("Write a number from %(least)s to %(most)s.", least=1, most=rules.MOST_MINUTES))
    if not today - timedelta(days=rules.OLDEST_DAYS) <= day <= today:
        raise Invalid(day=_("Choose a day of the last year, today at the latest."))
    entry_id = entry_id or uuid7()
    write(coach, f"hand:{entry_id}", kind, minutes, day=day, source=rules.HAND, note=note, entry_id=entry_id)
    return queries.one(coach, entry_id)


def check(kind: str, note: str) -> None:
    """Raise Invalid where that is no kind that a coach writes down, or the note is too long."""
    if kind not in rules.BY_HAND:
        raise Invalid(kind=_("Choose one of the kinds."))
    if len(note) > rules.LONGEST_NOTE:
        raise Invalid(note=_("Keep this within %(most)s characters.", most=rules.LONGEST_NOTE))


def write(
    coach: Coach,
    key: str,
    kind: str,
    minutes: int,
    *,
    day: date,
    source: str = rules.SYSTEM,
    note: str = "",
    entry_id: uuid.UUID | None = None,
    subject_id: uuid.UUID | None = None,
    receiver_id: uuid.UUID | None = None,
    help_kind: str | None = None,
    value: tuple[int, str] | None = None,
) -> bool:
    """Write the fact `key` down once, inside a command; was it new?

    `value` is in cents and currency, else by the rate card of now, for `help_kind` where it has that.
    """
    cents, currency = value or (queries.value_of(coach, minutes, help_kind), coach.currency)
    row = {
        "id": entry_id or uuid7(),
        "coach_id": coach.id,
        "key": key,
        "kind": kind,
        "source": source,
        "minutes": minutes,
        "value_cents": cents,
        "currency": currency,
        "day": day,
        "note": note.strip(),
        "subject_id": subject_id,
        "receiver_id": receiver_id,
        "created_at": clock.now(),
    }
    written = session().scalar(insert(UnpaidEntry).values(row).on_conflict_do_nothing().returning(UnpaidEntry.id))
    if written is None:
        return False
    by = None if source == rules.SYSTEM else coach.user_id
    record(by, "unpaid_time.logged", written, kind=kind, minutes=minutes)
    return True


@transactional
def reverse(coach_user: User, *, entry_id: uuid.UUID) -> UnpaidEntry:
    """Take an entry back by a row that cancels it; returns that. Raises NotFound, MinutesTakenBack, NotReversible."""
    coach = coaches.profile_of(coach_user)
    entry = queries.one(coach, entry_id)
    if entry.reverses_id is not None or entry.kind == rules.PRO_BONO:
        raise NotReversible
    if not cancel_out(entry, by=coach_user.id):
        raise MinutesTakenBack
    made = session().scalar(select(UnpaidEntry).where(UnpaidEntry.reverses_id == entry.id))
    assert made is not None
    return made


def cancel_out(entry: UnpaidEntry, *, by: uuid.UUID | None) -> bool:
    """Write the row that cancels an entry, once, inside a command; was it new?"""
    row = {
        "id": uuid7(),
        "coach_id": entry.coach_id,
        "key": f"reversal:{entry.id}",
        "kind": entry.kind,
        "source": rules.SYSTEM if by is None else rules.HAND,
        "minutes": -entry.minutes,
        "value_cents": -entry.value_cents,
        "currency": entry.currency,
        "day": entry.day,
        "note": "",
        "subject_id": entry.subject_id,
        "receiver_id": entry.receiver_id,
        "reverses_id": entry.id,
        "created_at": clock.now(),
    }
    written = session().scalar(insert(UnpaidEntry).values(row).on_conflict_do_nothing().returning(UnpaidEntry.id))
    if written is None:
        return False
    record(by, "unpaid_time.reversed", entry.id, kind=entry.kind, minutes=entry.minutes)
    return True
