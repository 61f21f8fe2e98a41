"""Figures of the whole site: of today, and of each month by currency."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import AGREED, BOOKED, COACH_NO_SHOW, MENTEE_NO_SHOW, TOOK_PLACE
from marketplace.db import literals, session
from marketplace.ledger.rules import REVENUE, month_after
from marketplace.payments.rules import COVERED, SUCCEEDED
from marketplace.payouts.rules.states import PAID

MONTHS = 12

_MONEY = text("""
select date_trunc('month', at at time zone 'UTC')::date as month, currency, what, sum(cents)::bigint as cents from (
    select paid_at as at, currency, 'gross' as what, amount_cents as cents from payments
    where paid_at >= :begins and paid_at < :ends
    union all
    select r.settled_at, p.currency, 'refunds', r.amount_cents from refunds r join payments p on p.id = r.payment_id
    where r.settled_at >= :begins and r.settled_at < :ends and r.status in :refunded
    union all
    select d.opened_at, p.currency, 'disputes', d.amount_cents from disputes d join payments p on p.id = d.payment_id
    where d.opened_at >= :begins and d.opened_at < :ends
    union all
    select sent_at, currency, 'payouts', amount_cents from payouts
    where sent_at >= :begins and sent_at < :ends and status = :paid
    union all
    select e.booked_at, a.currency, 'fees', e.cents from ledger_accounts a join ledger_entries e on e.credit_id = a.id
    where a.name = :revenue and e.booked_at >= :begins and e.booked_at < :ends
    union all
    select e.booked_at, a.currency, 'fees', -e.cents from ledger_accounts a join ledger_entries e on e.debit_id = a.id
    where a.name = :revenue and e.booked_at >= :begins and e.booked_at < :ends
) as moved group by 1, 2, 3
""").bindparams(literals("refunded", (SUCCEEDED, COVERED)))

_SESSIONS = text("""
select date_trunc('month', starts_at at time zone 'UTC')::date as month,
    count(*) filter (where outcome = :took_place) as held,
    coalesce(sum(extract(epoch from ends_at - starts_at)) filter (where outcome = :took_place), 0)::bigint / 60,
    count(*) filter (where outcome = :mentee_no_show or end_reason = :coach_no_show) as no_shows
from bookings where starts_at >= :begins and starts_at < :ends group by 1
""")


@dataclass(frozen=True)
class MonthOfMoney:
    """A month in one currency, in cents: paid by mentees, our fees, sent to coaches, refunded, disputed.

    `fees` are what was earned less what refunds took of it.
    """

    month: date
    currency: str
    gross_cents: int = 0
    fees_cents: int = 0
    payouts_cents: int = 0
    refunds_cents: int = 0
    disputes_cents: int = 0


@dataclass(frozen=True)
class MonthOfSessions:
    """A month of sessions by their start: held, the minutes of those, and where somebody did not come."""

    month: date
    held: int = 0
    minutes: int = 0
    no_shows: int = 0

    @property
    def hours(self) -> float:
        """The same time in hours."""
        return self.minutes / 60


@dataclass(frozen=True)
class Today:
    """Sessions that are today, what was booked today and who joined."""

    sessions: int
    booked: int
    joined: int


def today(admin: User, zone: str) -> Today:
    """Figures of the day that it is in an IANA zone; NotFound for who is no admin."""
    only_admins(admin)
    midnight = clock.now().astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    begins, ends = midnight, midnight + timedelta(days=1)
    coming = Booking.starts_at >= begins, Booking.starts_at < ends, Booking.status.in_(AGREED)
    booked = Booking.created_at >= begins, Booking.status.in_(BOOKED)
    return Today(
        sessions=session().scalar(select(func.count()).select_from(Booking).where(*coming)) or 0,
        booked=session().scalar(select(func.count()).select_from(Booking).where(*booked)) or 0,
        joined=session().scalar(select(func.count()).select_from(User).where(User.created_at >= begins)) or 0,
    )


def months_to(last: date, count: int = MONTHS) -> list[date]:
    """The first days of so many months, the last of them that of `last`."""
    first = last.year * 12 + last.month - count
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, first + count)]


def money_by_month(admin: User, months: list[date]) -> list[MonthOfMoney]:
    """Each of these months in each currency in which anything moved, by currency and month (UTC).

    NotFound for who is no admin.
    """
    only_admins(admin)
    moved: dict[tuple[str, date], dict[str, int]] = {}
    given = {"paid": PAID, "revenue": REVENUE, **_between(months)}
    for month, currency, what, cents in session().execute(_MONEY, given):
        moved.setdefault((currency, month), {})[f"{what}_cents"] = cents
    currencies = sorted({currency for currency, _month in moved})
    return [
        MonthOfMoney(month, currency, **moved.get((currency, month), {})) for currency in currencies for month in months
    ]


def sessions_by_month(admin: User, months: list[date]) -> list[MonthOfSessions]:
    """Sessions of each of these months (UTC); NotFound for who is no admin."""
    only_admins(admin)
    given = {"took_place": TOOK_PLACE, "mentee_no_show": MENTEE_NO_SHOW, "coach_no_show": COACH_NO_SHOW}
    rows = session().execute(_SESSIONS, given | _between(months))
    found = {month: MonthOfSessions(month, held, minutes, no_shows) for month, held, minutes, no_shows in rows}
    return [found.get(month, MonthOfSessions(month)) for month in months]


def _between(months: list[date]) -> dict[str, datetime]:
    return {"begins": clock.midnight(months[0]), "ends": clock.midnight(month_after(months[-1]))}
