"""Closing: settled entries are summed, so that a balance is a sum and a short tail.

A row's `seq` is given out at its insert, not at its commit, so one that commits late has a lower number than rows that
are visible already. Therefore a closing looks at the table once while nobody is in the middle of writing to it.
"""

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from marketplace import clock
from marketplace.db import session, transactional, uuid7
from marketplace.ledger.models import ClosedBalance, ClosedDay, ClosedMonth, Closing, Entry
from marketplace.ledger.queries import balances as balance_queries
from marketplace.ledger.queries import consistency as ledger_consistency

log = structlog.get_logger()

# Postings queue behind whoever waits for the table. Better to come back later than to keep them waiting.
PATIENCE = text("set local lock_timeout = '250ms'")
LOCK_NOT_AVAILABLE = "55P03"

# Both sides of entries in (:after, :through], summed three ways. Entries may be of any day, so days closed before grow.
SUM = text("""
with sides as materialized (
    select s.account_id, (e.booked_at at time zone 'UTC')::date as day, s.debit, s.credit
    from ledger_entries e
    cross join lateral (values (e.debit_id, e.cents, 0), (e.credit_id, 0, e.cents)) as s (account_id, debit, credit)
    where e.seq > :after and e.seq <= :through
), days as materialized (
    select account_id, day, sum(debit) as debit, sum(credit) as credit, count(*) as entries
    from sides group by account_id, day
), by_day as (
    insert into ledger_closed_days as kept (account_id, day, debit_cents, credit_cents, entries)
    select account_id, day, debit, credit, entries from days
    on conflict (account_id, day) do update set debit_cents = kept.debit_cents + excluded.debit_cents,
        credit_cents = kept.credit_cents + excluded.credit_cents, entries = kept.entries + excluded.entries
), by_month as (
    insert into ledger_closed_months as kept (month, kind, currency, debit_cents, credit_cents, entries)
    select date_trunc('month', d.day)::date, a.kind, a.currency, sum(d.debit), sum(d.credit), sum(d.entries)
    from days d join ledger_accounts a on a.id = d.account_id group by 1, 2, 3
    on conflict (month, kind, currency) do update set debit_cents = kept.debit_cents + excluded.debit_cents,
        credit_cents = kept.credit_cents + excluded.credit_cents, entries = kept.entries + excluded.entries
)
insert into ledger_closed_balances as kept (account_id, debit_cents, credit_cents, entries)
select account_id, sum(debit), sum(credit), sum(entries) from days group by account_id
on conflict (account_id) do update set debit_cents = kept.debit_cents + excluded.debit_cents,
    credit_cents = kept.credit_cents + excluded.credit_cents, entries = kept.entries + excluded.entries
""")


def close_ledger() -> None:
    """Sum what was posted since the last time, if it is much or a day old.

    Harmless at any moment and in any number.
    """
    if not balance_queries.is_due_to_close():
        return
    through = settled_through()
    if through is not None:
        close_through(through)


def settled_through() -> int | None:
    """A `seq` up to which every entry that will ever be is there to see.

    None if writers kept us waiting.
    """
    try:
        return _settled_through()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            log.info("ledger.busy")
            return None
        raise


@transactional
def _settled_through() -> int:
    session().execute(PATIENCE)
    # An INSERT takes its table lock before it draws its `seq`, and keeps it until its transaction ends. So once we
    # have this lock, numbers that were given out are committed or gone, and those to come are higher. It is kept for
    # the next line only.
    session().execute(text("lock table ledger_entries in share mode"))
    return session().scalar(select(func.coalesce(func.max(Entry.seq), 0))) or 0


@transactional
def close_through(through: int) -> bool:
    """Sum what lies between the last closing and `through`.

    False if somebody has done so already.
    """
    session().execute(text("lock table ledger_closings in share row exclusive mode"))
    after = balance_queries.closed_through()
    if through <= after:
        return False
    session().execute(SUM, {"after": after, "through": through})
    session().add(Closing(id=uuid7(), through_seq=through, closed_at=clock.now()))
    return True


@transactional
def sum_anew() -> None:
    """Make all sums anew from their entries, after `check_ledger` said that they differ."""
    session().execute(text("lock table ledger_closings in share row exclusive mode"))
    for sums in (ClosedBalance, ClosedDay, ClosedMonth):
        session().query(sums).delete()
    session().execute(SUM, {"after": 0, "through": balance_queries.closed_through()})


def check_ledger() -> None:
    """Compare every sum with its entries; what differs is written to the log as an error."""
    for difference in ledger_consistency.sums_that_differ():
        log.error("ledger.sum_differs", difference=difference.spoken())
