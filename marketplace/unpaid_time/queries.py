"""Reading unpaid time, which exists for the coach alone, and what a year came to."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, exists, extract, func, select
from sqlalchemy.orm import aliased

from marketplace import currencies
from marketplace.asks.invitations.models import Invitation
from marketplace.asks.invitations.rules import states as invitation_states
from marketplace.asks.models import Ask
from marketplace.asks.rules import states as ask_states
from marketplace.asks.rules.pricing import Rate, price_cents
from marketplace.bookings import rules as booking_rules
from marketplace.bookings.earnings.rules import earned
from marketplace.bookings.models import Booking
from marketplace.coaches.models import Coach
from marketplace.coaches.queries import bookable_offerings_of
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.unpaid_time.grants.models import Grant
from marketplace.unpaid_time.models import UnpaidEntry, UnpaidTimer
from marketplace.unpaid_time.rules.minutes import GIVEN
from marketplace.unpaid_time.rules.years import AskedFor, CoachYear, Held, Sum, Unpaid, coach_year

PAGE = 20


@dataclass(frozen=True)
class EntryPage:
    """Some entries, those among them that were reversed, and where the next page begins (None: nowhere)."""

    entries: Sequence[UnpaidEntry]
    reversed_ids: frozenset[uuid.UUID]
    after: uuid.UUID | None


def value_of(coach: Coach, minutes: int, kind: str | None = None) -> int:
    """What so many minutes would bring by the rate card now, in cents of the coach's currency; 0 without a card.

    By what the card has for a kind of help, or by the whole card. The least that a session may cost is no part of it.
    """
    offerings = bookable_offerings_of(coach.id)
    fitting = [each for each in offerings if each.kind == kind] or offerings
    if not fitting:
        return 0
    card = [Rate(each.minutes, each.price_cents) for each in fitting]
    return price_cents(minutes, card=card, floor_cents=0, most_cents=currencies.LARGEST_CHARGE_CENTS)


def one(coach: Coach, entry_id: uuid.UUID) -> UnpaidEntry:
    """One entry of a coach's; NotFound."""
    found = session().scalar(select(UnpaidEntry).where(UnpaidEntry.id == entry_id, UnpaidEntry.coach_id == coach.id))
    if found is None:
        raise NotFound
    return found


def page_of(coach: Coach, *, after: uuid.UUID | None = None, limit: int = PAGE) -> EntryPage:
    """A coach's entries, the last written first."""
    chosen = select(UnpaidEntry).where(UnpaidEntry.coach_id == coach.id)
    if after is not None:
        chosen = chosen.where(UnpaidEntry.id < after)
    found = session().scalars(chosen.order_by(UnpaidEntry.id.desc()).limit(limit + 1)).all()
    shown = found[:limit]
    undone = select(UnpaidEntry.reverses_id).where(UnpaidEntry.reverses_id.in_([each.id for each in shown]))
    reversed_ids = frozenset(found_id for found_id in session().scalars(undone) if found_id is not None)
    return EntryPage(shown, reversed_ids, found[limit - 1].id if len(found) > limit else None)


def timer_of(coach: Coach) -> UnpaidTimer | None:
    """The timer of a coach that runs."""
    return session().get(UnpaidTimer, coach.id, populate_existing=True)


def entries_of_year(coach: Coach, number: int) -> Sequence[UnpaidEntry]:
    """All entries of a year on the coach's calendar, by day."""
    chosen = select(UnpaidEntry).where(UnpaidEntry.coach_id == coach.id, _in_year(number))
    return session().scalars(chosen.order_by(UnpaidEntry.day, UnpaidEntry.id)).all()


def given_in_year(coach: Coach, number: int) -> Sequence[UnpaidEntry]:
    """What was given in a year and not reversed, by day: the lines of a statement."""
    undo = aliased(UnpaidEntry)
    chosen = (
        select(UnpaidEntry)
        .outerjoin(undo, undo.reverses_id == UnpaidEntry.id)
        .where(UnpaidEntry.coach_id == coach.id, _in_year(number), UnpaidEntry.kind.in_(GIVEN))
        .where(UnpaidEntry.reverses_id.is_(None), undo.id.is_(None))
    )
    return session().scalars(chosen.order_by(UnpaidEntry.day, UnpaidEntry.id)).all()


def years_of(coach: Coach, *, today: date) -> list[int]:
    """The years from the coach's first until this one, the latest first."""
    return list(range(today.year, min(coach.applied_at.astimezone(ZoneInfo(coach.timezone)).year, today.year) - 1, -1))


def year_of(coach: Coach, number: int) -> CoachYear:
    """What a year on the coach's calendar came to."""
    return coach_year(
        number,
        asked=[*_asked(coach, number), *_invited(coach, number)],
        held=_held(coach, number),
        unpaid=_unpaid(coach, number),
        received=_received(coach.user_id, number),
    )


def _in_year(number: int) -> ColumnElement[bool]:
    return and_(UnpaidEntry.day >= date(number, 1, 1), UnpaidEntry.day <= date(number, 12, 31))


def _bounds(coach: Coach, number: int) -> tuple[datetime, datetime]:
    zone = ZoneInfo(coach.timezone)
    return datetime(number, 1, 1, tzinfo=zone), datetime(number + 1, 1, 1, tzinfo=zone)


def _asked(coach: Coach, number: int) -> list[AskedFor]:
    since, until = _bounds(coach, number)
    # What a free session was booked for was given as what was answered is.
    given = exists().where(Grant.ask_id == Ask.id, Grant.booking_id.is_not(None))
    free = and_(Ask.status == ask_states.BOOKED, given)
    status = case((free, ask_states.ANSWERED), else_=Ask.status)
    chosen = (
        select(status, Ask.currency, func.sum(Ask.minutes), func.sum(Ask.price_cents))
        .where(Ask.coach_id == coach.id, Ask.sent_at >= since, Ask.sent_at < until)
        .group_by(status, Ask.currency)
    )
    return [
        AskedFor(status, Sum.of(int(minutes), int(cents), currency))
        for status, currency, minutes, cents in session().execute(chosen)
    ]


# An invitation that was quoted is an ask; what became of the others.
OF_INVITATIONS = {
    invitation_states.WAITING: ask_states.OPEN,
    invitation_states.DECLINED: ask_states.DECLINED,
    invitation_states.LAPSED: ask_states.LAPSED,
    invitation_states.CANCELLED: ask_states.WITHDRAWN,
}


def _invited(coach: Coach, number: int) -> list[AskedFor]:
    """Minutes of meetings to which the coach was invited and that were not quoted, at their price by the card."""
    since, until = _bounds(coach, number)
    facts = Invitation.status, Invitation.card_currency
    sums = func.sum(Invitation.minutes), func.sum(func.coalesce(Invitation.card_cents, 0))
    chosen = (
        select(*facts, *sums)
        .where(Invitation.coach_id == coach.id, Invitation.ask_id.is_(None))
        .where(Invitation.received_at >= since, Invitation.received_at < until)
        .group_by(*facts)
    )
    return [
        AskedFor(OF_INVITATIONS[status], Sum.of(int(minutes), int(cents), currency or coach.currency))
        for status, currency, minutes, cents in session().execute(chosen)
    ]


def _held(coach: Coach, number: int) -> list[Held]:
    """Sessions of which something was kept, each in the month in which it began on the coach's calendar."""
    since, until = _bounds(coach, number)
    columns = (
        *(Booking.starts_at, Booking.ends_at, Booking.status, Booking.currency, Booking.price_cents),
        *(Booking.refunded_cents, Booking.platform_paid_cents, Booking.coach_paid_cents, Booking.fee_basis_points),
    )
    chosen = select(*columns).where(
        Booking.coach_id == coach.id,
        Booking.starts_at >= since,
        Booking.starts_at < until,
        Booking.status.in_(booking_rules.RELEASABLE),
        Booking.confirmed_at.is_not(None),
        (Booking.refunded_cents < Booking.price_cents) | (Booking.platform_paid_cents > 0),
    )
    held, zone = [], ZoneInfo(coach.timezone)
    for row in session().execute(chosen):
        took = (row.ends_at - row.starts_at).seconds // 60 if row.status == booking_rules.COMPLETED else 0
        cents, _fee = earned(row)
        held.append(Held(row.starts_at.astimezone(zone).month, Sum.of(took, cents, row.currency)))
    return held


def _unpaid(coach: Coach, number: int) -> list[Unpaid]:
    month = extract("month", UnpaidEntry.day)
    sums = func.sum(UnpaidEntry.minutes), func.sum(UnpaidEntry.value_cents)
    chosen = (
        select(month, UnpaidEntry.kind, UnpaidEntry.currency, *sums)
        .where(UnpaidEntry.coach_id == coach.id, _in_year(number))
        .group_by(month, UnpaidEntry.kind, UnpaidEntry.currency)
    )
    return [
        Unpaid(int(of_month), kind, Sum.of(int(minutes), int(cents), currency))
        for of_month, kind, currency, minutes, cents in session().execute(chosen)
    ]


def _received(person_id: uuid.UUID, number: int) -> Sum:
    sums = func.sum(UnpaidEntry.minutes), func.sum(UnpaidEntry.value_cents)
    chosen = (
        select(UnpaidEntry.currency, *sums)
        .where(UnpaidEntry.receiver_id == person_id, _in_year(number))
        .group_by(UnpaidEntry.currency)
    )
    found = [Sum.of(int(minutes), int(cents), currency) for currency, minutes, cents in session().execute(chosen)]
    return sum(found, Sum())
