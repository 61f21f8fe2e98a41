"""A coach's money over all."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.bookings.earnings import queries as earning_queries
from marketplace.coaches.models import Coach
from marketplace.db import session
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balances as balance_queries
from marketplace.payouts.models import Payout
from marketplace.payouts.queries.payables import hold_of
from marketplace.payouts.queries.runs import payouts_of
from marketplace.payouts.rules import states as payout_states


@dataclass(frozen=True)
class Earnings:
    """A coach's money in cents by currency: payable (a debt is negative), waiting, paid out.

    `approved` is what of `payable` an approved payout carries, `sending` what has left it and not arrived; `in_window`
    is what of `waiting` sessions bring that are over. `hold_reason` says why an admin holds the payouts, if one does.
    """

    payable: dict[str, int]
    waiting: dict[str, int]
    paid_out: dict[str, int]
    payouts: Sequence[Payout]
    hold_reason: str | None
    in_window: dict[str, int]
    approved: dict[str, int]
    sending: dict[str, int]

    def currencies(self, own: str) -> list[str]:
        """The coach's `own` currency, and every other in which there is or was money."""
        return sorted({own, *self.payable, *self.waiting, *self.paid_out, *self.sending})

    def free_cents(self, currency: str) -> int:
        """What is payable and in no approved payout."""
        return self.payable.get(currency, 0) - self.approved.get(currency, 0)

    def on_the_way_cents(self, currency: str) -> int:
        """What is in payouts that are approved or being sent."""
        return self.approved.get(currency, 0) + self.sending.get(currency, 0)

    def coming_cents(self, currency: str) -> int:
        """What sessions that are booked and not over will bring."""
        return self.waiting.get(currency, 0) - self.in_window.get(currency, 0)


def earnings_of(coach: Coach) -> Earnings:
    """What a coach has earned, will earn and was sent."""
    payable = {
        currency: cents
        for (_, currency), cents in balance_queries.balances(ledger_accounts.coach(coach.id)).items()
        if cents
    }
    sent = select(Payout.currency, Payout.amount_cents.label("cents")).where(
        Payout.coach_id == coach.id, Payout.status.in_(payout_states.SENT)
    )
    back = (
        select(Payout.currency, -Entry.cents)
        .join(Entry, Entry.subject_id == Payout.id)
        .where(Payout.coach_id == coach.id, Entry.key.startswith("payout-reversed:"))
    )
    moved = sent.union_all(back).subquery()
    sums = select(moved.c.currency, func.sum(moved.c.cents)).group_by(moved.c.currency)
    paid_out = {currency: int(cents) for currency, cents in session().execute(sums) if cents}
    hold, unreleased = hold_of(coach.id), earning_queries.earned_but_not_released(coach.id)
    return Earnings(
        payable,
        unreleased.cents,
        paid_out,
        payouts_of(coach.id),
        hold.reason if hold else None,
        unreleased.over,
        _in_payouts(coach.id, payout_states.APPROVED),
        _in_payouts(coach.id, payout_states.SENDING),
    )


def _in_payouts(coach_id: uuid.UUID, status: str) -> dict[str, int]:
    """What a coach's payouts in one state carry, in cents by currency."""
    chosen = (
        select(Payout.currency, func.sum(Payout.amount_cents))
        .where(Payout.coach_id == coach_id, Payout.status == status)
        .group_by(Payout.currency)
    )
    return {currency: int(cents) for currency, cents in session().execute(chosen)}
