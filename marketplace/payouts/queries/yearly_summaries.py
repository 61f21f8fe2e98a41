"""A coach's year by month: earned, our fee, refunded or disputed since, and paid out."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, extract, func, select, union_all

from marketplace.bookings.models import Booking
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
            first_and_last = select(func.min(Entry.booked_at), func.max(Entry.booked_at)).where(side == account_id)
            ends += [instant for instant in session().execute(first_and_last).one() if instant is not None]
    if not ends:
        return []
    first, last = min(ends).astimezone(zone).year, max(ends).astimezone(zone).year
    return list(range(last, first - 1, -1))


def bounds(number: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a year begins and ends on clocks there."""
    return datetime(number, 1, 1, tzinfo=zone), datetime(number + 1, 1, 1, tzinfo=zone)


def year_of(coach: Coach, number: int) -> list[Year]:
    """One year of a coach, a table for each currency in which something happened."""
    zone = ZoneInfo(coach.timezone)
    begins, ends = bounds(number, zone)
    years: dict[str, Year] = {}
    for month, currency, fact, cents in session().execute(_own(coach, begins, ends)):
        _put(_month(years, number, currency, int(month)), fact, int(cents))
    for sold in (Booking, WrittenAnswer):
        for month, currency, cents in session().execute(_fees(sold, coach, begins, ends)):
            _month(years, number, currency, int(month)).fees += int(cents)
    return [years[currency] for currency in sorted(years)]


def _account_ids(coach_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(LedgerAccount.id).where(LedgerAccount.name == ledger_accounts.coach(coach_id))


def _own(coach: Coach, begins: datetime, ends: datetime) -> Select[int, str, str, int]:
    """What the coach's account gained, by month, currency and fact."""
    ids = session().scalars(_account_ids(coach.id)).all()
    month = extract("month", func.timezone(coach.timezone, Entry.booked_at)).label("month")
    fact = func.split_part(Entry.key, ":", 1).label("fact")
    # Each side by its own index: together they would be looked for in all that was booked in the year.
    sides = [
        select(month, Entry.currency, fact, cents.label("cents")).where(
            column.in_(ids), Entry.booked_at >= begins, Entry.booked_at < ends
        )
        for column, cents in ((Entry.credit_id, Entry.cents), (Entry.debit_id, -Entry.cents))
    ]
    both = union_all(*sides).subquery()
    by = both.c.month, both.c.currency, both.c.fact
    return select(*by, func.sum(both.c.cents)).group_by(*by)


def _fees(
    sold: type[Booking] | type[WrittenAnswer], coach: Coach, begins: datetime, ends: datetime
) -> Select[int, str, int]:
    """Our fee on the coach's sessions or written answers, by month and currency."""
    month = extract("month", func.timezone(coach.timezone, Entry.booked_at))
    return (
        select(month, Entry.currency, func.sum(Entry.cents))
        .join(sold, Entry.key == func.concat(statement_rules.FEE, sold.id))
        .where(sold.coach_id == coach.id, sold.released_at >= begins - DAY, sold.released_at < ends + DAY)
        .where(Entry.booked_at >= begins, Entry.booked_at < ends)
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
