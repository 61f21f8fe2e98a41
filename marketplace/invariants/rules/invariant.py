"""What an invariant is, and what its evaluation finds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketplace.languages import LazyText

AT_ONCE = timedelta()

# What every query may read as `balances`: each account with both its sides, the closed sums and the entries since, of
# one moment; costs nothing where it is not read.
BALANCES = """
with tail as (
    select s.account_id, sum(s.debit) as debit, sum(s.credit) as credit
    from ledger_entries e
    cross join lateral (values (e.debit_id, e.cents, 0), (e.credit_id, 0, e.cents)) as s (account_id, debit, credit)
    where e.seq > (select coalesce(max(through_seq), 0) from ledger_closings)
    group by s.account_id
), balances as (
    select a.name, a.kind, a.currency, split_part(a.name, ':', 2) as whose,
        coalesce(c.debit_cents, 0) + coalesce(t.debit, 0) as debit,
        coalesce(c.credit_cents, 0) + coalesce(t.credit, 0) as credit
    from ledger_accounts a
    left join ledger_closed_balances c on c.account_id = a.id
    left join tail t on t.account_id = a.id
)
"""


@dataclass(frozen=True)
class Invariant:
    """One thing that must be true, and the query that finds what breaks it.

    `sql` answers rows of kind (what sort of thing), id, said (what is wrong with it) and since, by our clock: from when
    on it should have been otherwise; null: it was never right. It may read `balances` and use :now, :machine_now (what
    the machine's clock shows, which the queue goes by) and :stalled_seconds (a worker unheard of for so long is dead).
    `settles_within`: a row may break it for so long while work is under way. `whole`: it reads all there ever was, so
    it is evaluated each hour and not every few minutes. `states` are sets of states that the query knows as
    parameters (`status in :claiming`): the domains' own, so that a query means what the commands mean.
    """

    name: str
    sentence: LazyText
    sql: str
    settles_within: timedelta = AT_ONCE
    whole: bool = False
    states: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Violation:
    """A thing that violates an invariant; `id` is ours, or Stripe's for its messages."""

    kind: str
    id: str
    said: str
    since: datetime | None


@dataclass(frozen=True)
class Finding:
    """What one evaluation found: how many violations, the first of them, how long it took.

    `failure` is why it could not be evaluated; nothing is known then, and that is not well either.
    """

    invariant: Invariant
    count: int
    violations: Sequence[Violation]
    took_ms: int
    failure: str | None = None

    @property
    def well(self) -> bool:
        """Does the invariant hold, as far as is known?"""
        return self.failure is None and self.count == 0
