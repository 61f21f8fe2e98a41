"""Payout lines: the ledger entries that a payout carries, until it ends without being sent."""

import uuid

from sqlalchemy import delete, text, update

from marketplace.db import refusing, session
from marketplace.errors import Conflict
from marketplace.payouts.models import Payout, PayoutLine
from marketplace.payouts.queries import payout_lines as payout_line_queries


class CarriedByAnother(Conflict):
    """Another payout carries this money by now; what is payable goes into the next run."""


# What is in no payout that counts, in the order in which it was booked; a refused try and its return are no earnings.
# Last, what older payouts could not tell by entries.
_CLAIM = text(
    """
insert into payout_lines (payout_id, position, entry_id, cents, live)
select :payout_id, row_number() over (order by seq nulls last), entry_id, cents, true
from (
    select e.id as entry_id, s.cents, e.seq
    from payouts p
    join ledger_accounts a on a.name = 'coach:' || p.coach_id and a.currency = p.currency
    cross join lateral (
        select id, cents from ledger_entries where credit_id = a.id
        union all select id, -cents from ledger_entries where debit_id = a.id
    ) as s (id, cents)
    join ledger_entries e on e.id = s.id
    where p.id = :payout_id and split_part(e.key, ':', 1) not in ('payout-sent', 'payout-returned')
        and not exists (select from payout_lines l where l.entry_id = e.id and l.live)
    union all
    select null, -sum(l.cents), null
    from payouts p
    join payouts o on o.coach_id = p.coach_id and o.currency = p.currency
    join payout_lines l on l.payout_id = o.id and l.live and l.entry_id is null
    where p.id = :payout_id having sum(l.cents) <> 0
) as free
on conflict do nothing
returning cents
"""
)


def claim_lines(payout_id: uuid.UUID, cents: int) -> bool:
    """Claim the ledger entries that a new payout carries; False where they are not `cents`.

    Then the payout is deleted: the balance has moved since it was read, or another run has claimed the money.
    """
    if sum(session().scalars(_CLAIM, {"payout_id": payout_id})) == cents:
        return True
    session().execute(delete(PayoutLine).where(PayoutLine.payout_id == payout_id))
    session().execute(delete(Payout).where(Payout.id == payout_id))
    return False


def release_lines(payout: Payout) -> None:
    """Release the entries of a payout that ends unsent, so that another can carry them."""
    session().execute(update(PayoutLine).where(PayoutLine.payout_id == payout.id).values(live=False))


def reclaim_lines(payout: Payout) -> None:
    """Claim the same entries again for a failed payout that is retried. Raises CarriedByAnother."""
    with refusing("payout_lines_once_idx", CarriedByAnother):
        session().execute(update(PayoutLine).where(PayoutLine.payout_id == payout.id).values(live=True))
    # One that failed before payouts had lines: nobody knows any more what it was made of.
    if payout_line_queries.count_lines(payout.id) == 0:
        raise CarriedByAnother
