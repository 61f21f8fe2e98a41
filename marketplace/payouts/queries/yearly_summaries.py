"""A coach's year by month: earned, our fee, refunded or disputed since, and paid out."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, ColumnElement, DateTime, Select, case, func, literal, select, union_all

from marketplace.bookings.models import Booking
from marketplace.bookings.overruns.models import Overrun
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.models import Entry, LedgerAccount
from marketplace.payouts.rules import statements as statement_rules
from marketplace.written_answers.models import WrittenAnswer

DAY = timedelta(days=1)


@dataclass
class Month:
    """Cents of a month: `earned` after `fees`, `changed` by refunds and disputes, `paid_out`."""

    first: date
    earned: int = 0
    fees: int = 0
    changed: int = 0
    paid_out: int = 0

    def add(self, other: "Month") -> None:
        """Sum up."""
        for name in ("earned", "fees", "changed", "paid_out"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Year:
    """Twelve months in one currency, and their sum."""

    number: int
    currency: str
    months: list[Month] = field(default_factory=list)

    @property
    def total(self) -> Month:
        """All twelve."""
        summed = Month(date(self.number, 1, 1))
        for month in self.months:
            summed.add(month)
        return summed


def years_of(coach: Coach) -> list[int]:
    """The years from the first to the last in which anything was booked for a coach, the latest first.

    On the coach's clock.
    """
    zone = ZoneInfo(coach.timezone)
    ends: list[datetime] = []
    # By the ends of each side's index: a coach of many years has many entries.
    for account_id in session().scalars(_account_ids(coach.id)).all():
        for side in (Entry.debit_id, Entry.credit_id):
            # A range of one account keeps to the index of that side in its order; by equality all that was ever
            # booked may be walked through in search of an account that has nothing on that side.
            own = select(Entry.booked_at).where(side.between(account_id, account_id)).limit(1)
            for order in ((side, Entry.booked_at, Entry.seq), (side.desc(), Entry.booked_at.desc(), Entry.seq.desc())):
                ends += session().scalars(own.order_by(*order)).all()
    if not ends:
        return []
    first, last = min(ends).astimezone(zone).year, max(ends).astimezone(zone).year
    return list(range(last, first - 1, -1))


def bounds(number: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a year begins and ends on clocks there."""
    return datetime(number, 1, 1, tzinfo=zone), datetime(number + 1, 1, 1, tzinfo=zone)


def year_of(coach: Coach, number: int) -> list[Year]:
    """One year of a coach, a table for each currency in which something happened."""
    begins, ends = bounds(number, ZoneInfo(coach.timezone))
    years: dict[str, Year] = {}
    for month, currency, fact, cents in session().execute(_own(coach, number)):
        _put(_month(years, number, currency, int(month)), fact, int(cents))
    for sold in (_sessions, _written_answers, _overruns):
        for month, currency, cents in session().execute(_fees(sold(coach, begins - DAY, ends + DAY), coach, number)):
            _month(years, number, currency, int(month)).fees += int(cents)
    return [years[currency] for currency in sorted(years)]


def _account_ids(coach_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(LedgerAccount.id).where(LedgerAccount.name == ledger_accounts.coach(coach_id))


def _number_of_month(coach: Coach, number: int) -> ColumnElement[int]:
    """Which month of a year an entry was booked in, on the coach's clock, from 1 on."""
    zone = ZoneInfo(coach.timezone)
    firsts = [datetime(number, month, 1, tzinfo=zone) for month in range(1, 13)]
    return func.width_bucket(Entry.booked_at, literal(firsts, ARRAY(DateTime(timezone=True)))).label("month")


def _own(coach: Coach, number: int) -> Select[int, str, str, int]:
    """What the coach's account gained, by month, currency and fact."""
    begins, ends = bounds(number, ZoneInfo(coach.timezone))
    ids = session().scalars(_account_ids(coach.id)).all()
    fact = func.split_part(Entry.key, ":", 1).label("fact")
    # Each side by its own index: together they would be looked for in all that was booked in the year.
    sides = [
        select(_number_of_month(coach, number), Entry.currency, fact, cents.label("cents")).where(
            column.in_(ids), Entry.booked_at >= begins, Entry.booked_at < ends
        )
        for column, cents in ((Entry.credit_id, Entry.cents), (Entry.debit_id, -Entry.cents))
    ]
    both = union_all(*sides).subquery()
    by = both.c.month, both.c.currency, both.c.fact
    return select(*by, func.sum(both.c.cents)).group_by(*by)


def _sessions(coach: Coach, since: datetime, until: datetime) -> Select[uuid.UUID]:
    released = Booking.released_at >= since, Booking.released_at < until
    return select(Booking.id).where(Booking.coach_id == coach.id, *released)


def _written_answers(coach: Coach, since: datetime, until: datetime) -> Select[uuid.UUID]:
    released = WrittenAnswer.released_at >= since, WrittenAnswer.released_at < until
    return select(WrittenAnswer.id).where(WrittenAnswer.coach_id == coach.id, *released)


def _overruns(coach: Coach, since: datetime, until: datetime) -> Select[uuid.UUID]:
    released = Overrun.released_at >= since, Overrun.released_at < until
    return (
        select(Overrun.id)
        .join(Booking, Booking.id == Overrun.booking_id)
        .where(Booking.coach_id == coach.id, *released)
    )


def _fees(sold: Select[uuid.UUID], coach: Coach, number: int) -> Select[int, str, int]:
    """Our fee on what was sold, by month and currency; what it cost us where we made up the coach's share is less."""
    begins, ends = bounds(number, ZoneInfo(coach.timezone))
    month, those = _number_of_month(coach, number), sold.subquery()
    ours = select(LedgerAccount.id).where(LedgerAccount.name == ledger_accounts.REVENUE)
    fee = case((Entry.debit_id.in_(ours), -Entry.cents), else_=Entry.cents)
    return (
        select(month, Entry.currency, func.sum(fee))
        .join(those, Entry.subject_id == those.c.id)
        .where(Entry.key.startswith(statement_rules.FEE), Entry.booked_at >= begins, Entry.booked_at < ends)
        .group_by(month, Entry.currency)
    )


def _month(years: dict[str, Year], number: int, currency: str, month: int) -> Month:
    year = years.setdefault(currency, Year(number, currency, [Month(date(number, one, 1)) for one in range(1, 13)]))
    return year.months[month - 1]


def _put(month: Month, fact: str, cents: int) -> None:
    if fact == "release-coach":
        month.earned += cents
    elif fact in statement_rules.PAYOUT_FACTS:
        month.paid_out -= cents
    else:
        month.changed += cents
