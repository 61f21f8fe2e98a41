"""What a dispute does to what was paid for: its earnings are reserved, lost, or given back.

One way for sessions, overruns and written answers. Their services lock them first, and tell people afterwards.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace import clock
from marketplace.audit.service import record
from marketplace.bookings.disputes import postings
from marketplace.bookings.disputes.models import LossOfSale
from marketplace.bookings.disputes.postings import DisputedSale
from marketplace.db import session, uuid7
from marketplace.money import split
from marketplace.payments import queries as payments
from marketplace.payments import rules as payment_rules
from marketplace.payments.models import Dispute, Payment
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refunds_on_hold


@dataclass(frozen=True)
class SaleKind:
    """How what is lost of one kind of sale is kept: its model, the column of the sale's key, and its audit's words."""

    losses: type[LossOfSale]
    sale: InstrumentedAttribute[uuid.UUID]
    lost: str
    reversed: str

    def loss_of(self, dispute: Dispute, sale: DisputedSale) -> LossOfSale | None:
        """What this dispute took of this sale, also once it was returned."""
        chosen = select(self.losses).where(self.losses.dispute_id == dispute.id, self.sale == sale.id)
        return session().scalars(chosen).one_or_none()


def follow(kind: SaleKind, stripe_id: str, payment_id: uuid.UUID, sales: Sequence[DisputedSale]) -> Dispute | None:
    """Apply a dispute's present status to what its payment paid for, which the caller has locked, inside a command.

    Safe in any order and any number of times. None where we have not heard of the disputed money yet; what brings it
    in comes here again.
    """
    payment, dispute = payments.locked(payment_id), payments.locked_dispute(stripe_id)
    if payment.status != payment_rules.PAID:
        return None
    if dispute.status in payment_rules.OPEN_DISPUTES:
        for sale, portion in _portions(payment, dispute, sales):
            postings.reserve(dispute, sale, portion)
    elif dispute.status in payment_rules.LOST_DISPUTES:
        if dispute.followed_at is None:
            _post_loss(kind, payment, dispute, sales)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    elif dispute.status in payment_rules.CLOSED_WITHOUT_LOSS:
        _restore(kind, payment, dispute, sales)
        refunds_on_hold.mark_dispute_applied(payment, dispute)
    return dispute


def _portions(payment: Payment, dispute: Dispute, sales: Sequence[DisputedSale]) -> list[tuple[DisputedSale, int]]:
    """What of the dispute falls on each, in cents: in proportion to what was kept of it, at most that."""
    kept = [sale.price_cents - sale.refunded_cents for sale in sales]
    cents = min(payment_disputes.disputed_price_cents(payment, dispute), sum(kept))
    return list(zip(sales, split(cents, kept) if sum(kept) else kept, strict=True))


def _post_loss(kind: SaleKind, payment: Payment, dispute: Dispute, sales: Sequence[DisputedSale]) -> None:
    """Post a lost dispute, which pays refunds on hold first.

    Then it takes from what is not released and from the reserve. The rest is our cost; what was not disputed stays as
    it is.
    """
    refunds_on_hold.apply_dispute_to_refunds(payment, dispute)
    for sale, portion in _portions(payment, dispute, sales):
        from_coach = postings.lose(dispute, sale, portion)
        if portion:
            sale.refunded_cents += portion
            loss = kind.losses(id=uuid7(), dispute_id=dispute.id, cents=portion, coach_cents=from_coach)
            loss.was_released = sale.released_at is not None
            setattr(loss, kind.sale.key, sale.id)
            session().add(loss)
            record(None, kind.lost, sale.id, cents=portion, dispute=dispute.stripe_id)


def _restore(kind: SaleKind, payment: Payment, dispute: Dispute, sales: Sequence[DisputedSale]) -> None:
    """Return to the coach what was reserved or lost: nothing was lost, or an appeal was won."""
    refunds_on_hold.undo_dispute_on_refunds(payment, dispute)
    for sale in sales:
        loss = kind.loss_of(dispute, sale)
        if loss is None:
            postings.win(dispute, sale)
        elif loss.returned_at is None:
            postings.give_back(dispute, sale, loss)
            sale.refunded_cents -= loss.cents
            loss.returned_at = clock.now()
            record(None, kind.reversed, sale.id, cents=loss.cents, dispute=dispute.stripe_id)
