"""Is every closed sum what its entries come to?"""

from dataclasses import dataclass

from sqlalchemy import text

from marketplace.db import session

# One statement, hence of one moment: the closing it reads is the one that its sums are of.
DIFFERENCES = text("""
with sides as materialized (
    select s.account_id, (e.booked_at at time zone 'UTC')::date as day, s.debit, s.credit
    from ledger_entries e
    cross join lateral (values (e.debit_id, e.cents, 0), (e.credit_id, 0, e.cents)) as s (account_id, debit, credit)
    where e.seq <= (select coalesce(max(through_seq), 0) from ledger_closings)
), days as materialized (
    select account_id, day, sum(debit) as debit, sum(credit) as credit, count(*) as entries
    from sides group by account_id, day
), wanted as (
    select 'days' as sums, concat_ws(' ', a.name, a.currency, d.day) as place, d.debit, d.credit, d.entries
    from days d join ledger_accounts a on a.id = d.account_id
    union all
    select 'balances', concat_ws(' ', a.name, a.currency), sum(d.debit), sum(d.credit), sum(d.entries)
    from days d join ledger_accounts a on a.id = d.account_id group by 2
    union all
    select 'months', concat_ws(' ', date_trunc('month', d.day)::date, a.kind, a.currency),
        sum(d.debit), sum(d.credit), sum(d.entries)
    from days d join ledger_accounts a on a.id = d.account_id group by 2
), kept as (
    select 'days' as sums, concat_ws(' ', a.name, a.currency, k.day) as place, k.debit_cents as debit,
        k.credit_cents as credit, k.entries
    from ledger_closed_days k join ledger_accounts a on a.id = k.account_id
    union all
    select 'balances', concat_ws(' ', a.name, a.currency), k.debit_cents, k.credit_cents, k.entries
    from ledger_closed_balances k join ledger_accounts a on a.id = k.account_id
    union all
    select 'months', concat_ws(' ', k.month, k.kind, k.currency), k.debit_cents, k.credit_cents, k.entries
    from ledger_closed_months k
)
select sums, place, coalesce(k.debit, 0)::bigint, coalesce(k.credit, 0)::bigint,
    coalesce(w.debit, 0)::bigint, coalesce(w.credit, 0)::bigint
from kept k full join wanted w using (sums, place)
where (k.debit, k.credit, k.entries) is distinct from (w.debit, w.credit, w.entries)
order by sums, place limit :limit
""")


@dataclass(frozen=True)
class SumDiffers:
    """A closed sum that is not what its entries come to; `sums` is days, balances or months.

    Amounts in cents.
    """

    sums: str
    place: str
    kept_debit_cents: int
    kept_credit_cents: int
    debit_cents: int
    credit_cents: int

    def spoken(self) -> str:
        """As a log and an admin read it."""
        return (
            f"{self.sums} of {self.place}: kept {self.kept_debit_cents} debit and {self.kept_credit_cents} credit, "
            f"entries come to {self.debit_cents} and {self.credit_cents}"
        )


def sums_that_differ(limit: int = 100) -> list[SumDiffers]:
    """The closed sums that are not what their entries come to.

    Reads every entry, seconds for millions.
    """
    return [SumDiffers(*row) for row in session().execute(DIFFERENCES, {"limit": limit})]
