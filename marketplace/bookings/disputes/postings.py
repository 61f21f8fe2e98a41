"""Postings of a dispute about a session, an overrun or a written answer.

Earnings are reserved, lost, or given back.
"""

import uuid
from datetime import datetime
from typing import Protocol

from marketplace.bookings.disputes.models import LossOfSale
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries.entries import cents_of
from marketplace.ledger.service.postings import post
from marketplace.payments.models import Dispute


class DisputedSale(earning_rules.PaidSession, Protocol):
    """What was paid for, whose it is, and when what was kept of it became the coach's."""

    refunded_cents: int

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def coach_id(self) -> uuid.UUID: ...
    @property
    def currency(self) -> str: ...
    @property
    def released_at(self) -> datetime | None: ...


def reserve(dispute: Dispute, sale: DisputedSale, portion: int) -> None:
    """Move from the coach's balance to the reserve what was released and is disputed now."""
    if sale.released_at is not None:
        _post("reserve", dispute, sale, (_of_coach(sale), _reserve(sale)), _coachs_part(sale, portion))


def lose(dispute: Dispute, sale: DisputedSale, portion: int) -> int:
    """Take `portion` from what is owed, or from the reserve once it was released; the rest is our cost.

    Returns the cents that the coach had already.
    """
    reserve(dispute, sale, portion)
    reserved = _posted("reserve", dispute, sale)
    from_coach = min(reserved, _coachs_part(sale, portion))
    released = sale.released_at is not None
    taken_from = _reserve(sale) if released else ledger_accounts.SESSIONS_OWED
    _post("lost", dispute, sale, (taken_from, ledger_accounts.DISPUTES), from_coach if released else portion)
    # Less was lost of it than was at stake: a refund that waited had taken its part.
    _post("eased", dispute, sale, (_reserve(sale), _of_coach(sale)), reserved - from_coach)
    return from_coach


def win(dispute: Dispute, sale: DisputedSale) -> None:
    """Give back to the coach what is reserved still: nothing was lost."""
    left = _posted("reserve", dispute, sale) - _posted("eased", dispute, sale)
    _post("won", dispute, sale, (_reserve(sale), _of_coach(sale)), left)


def give_back(dispute: Dispute, sale: DisputedSale, loss: LossOfSale) -> None:
    """Post a loss back to where it was taken from, and release it if the sale is released by now."""
    of_coach, owed = _of_coach(sale), ledger_accounts.SESSIONS_OWED
    to, cents = (of_coach, loss.coach_cents) if loss.was_released else (owed, loss.cents)
    _post("returned", dispute, sale, (ledger_accounts.DISPUTES, to), cents)
    if sale.released_at is not None and not loss.was_released:
        # The rest was released in the meantime, so this part is late for it.
        coach = earning_rules.earned(sale, less_cents=-loss.cents)[0] - earning_rules.earned(sale)[0]
        _post("released-coach", dispute, sale, (owed, of_coach), coach)
        _post("released-fee", dispute, sale, (owed, ledger_accounts.REVENUE), loss.cents - coach)


def _coachs_part(sale: DisputedSale, portion: int) -> int:
    """How much less the coach earns, in cents, if `portion` of what was kept is lost."""
    return earning_rules.earned(sale)[0] - earning_rules.earned(sale, less_cents=portion)[0]


def _of_coach(sale: DisputedSale) -> str:
    return ledger_accounts.coach(sale.coach_id)


def _reserve(sale: DisputedSale) -> str:
    return ledger_accounts.reserve(sale.coach_id)


def _key(fact: str, dispute: Dispute, sale: DisputedSale) -> str:
    return f"dispute-{fact}:{dispute.id}:{sale.id}"


def _posted(fact: str, dispute: Dispute, sale: DisputedSale) -> int:
    return cents_of(_key(fact, dispute, sale))


def _post(fact: str, dispute: Dispute, sale: DisputedSale, accounts: tuple[str, str], cents: int) -> None:
    debit, credit = accounts
    key = _key(fact, dispute, sale)
    post(key, debit=debit, credit=credit, cents=cents, currency=sale.currency, subject_id=sale.id)
