"""Reading payments."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from marketplace import clock
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import User
from marketplace.db import ordered, session
from marketplace.errors import NotFound
from marketplace.payments import rules
from marketplace.payments.models import Dispute, Payment, Refund


def one(payment_id: uuid.UUID | str) -> Payment:
    """A payment as the database has it now; NotFound."""
    found = session().get(Payment, uuid.UUID(str(payment_id)), populate_existing=True)
    if found is None:
        raise NotFound
    return found


def find(payment_id: uuid.UUID) -> Payment | None:
    """A payment, if there is one of that id."""
    return session().get(Payment, payment_id)


def locked(payment_id: uuid.UUID | str) -> Payment:
    """The same, locked until the transaction ends."""
    chosen = select(Payment).where(Payment.id == uuid.UUID(str(payment_id))).with_for_update()
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def of_subject(subject_id: uuid.UUID) -> Payment | None:
    """The payment for one thing."""
    return session().scalar(select(Payment).where(Payment.subject_id == subject_id))


def by_intent(intent_id: str) -> Payment | None:
    """The payment behind Stripe's intent."""
    return session().scalar(select(Payment).where(Payment.intent_id == intent_id))


def by_charge(charge_id: str) -> Payment | None:
    """The payment behind Stripe's charge."""
    return session().scalar(select(Payment).where(Payment.charge_id == charge_id))


def refunds_of(payment_id: uuid.UUID) -> Sequence[Refund]:
    """Every refund of a payment, the oldest first."""
    return session().scalars(select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.id)).all()


def refund(refund_id: uuid.UUID | str) -> Refund:
    """A refund as the database has it now; NotFound."""
    found = session().get(Refund, uuid.UUID(str(refund_id)), populate_existing=True)
    if found is None:
        raise NotFound
    return found


def locked_refund(refund_id: uuid.UUID | str) -> Refund:
    """The same, locked until the transaction ends."""
    chosen = select(Refund).where(Refund.id == uuid.UUID(str(refund_id))).with_for_update(of=Refund)
    found = session().scalars(chosen, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def refund_by_stripe_id(stripe_id: str) -> Refund | None:
    """Our refund behind Stripe's."""
    return session().scalar(select(Refund).where(Refund.stripe_id == stripe_id))


def refund_by_key(key: str) -> Refund | None:
    """The refund that one decision made."""
    return session().scalar(select(Refund).where(Refund.key == key))


def refund_sent_again_by(refund: Refund) -> Refund | None:
    """The failed refund in whose place an admin sends this one; None where it is none of those."""
    if not refund.key.startswith(rules.AGAIN):
        return None
    return session().get(Refund, uuid.UUID(refund.key.removeprefix(rules.AGAIN).split(":")[0]), populate_existing=True)


def owed_refunds(*, since: datetime | None = None, limit: int = 100) -> Sequence[Refund]:
    """Refunds that failed, are owed still and were not sent again, the oldest first; `since` then decided on."""
    chosen = _not_sent_again() if since is None else _not_sent_again().where(Refund.intended_at >= since)
    failed = session().scalars(chosen.order_by(Refund.id).limit(limit)).all()
    lost = set(session().scalars(select(Dispute.payment_id).where(*_lost(*(one.payment_id for one in failed)))))
    return [
        one for one in failed if one.payment_id not in lost or one not in failed_refunds_paid_by_dispute(one.payment)
    ]


def owed_refunds_for(admin: User) -> Sequence[Refund]:
    """The same for an admin; NotFound for everybody else."""
    accounts.only_admins(admin)
    return owed_refunds()


def _not_sent_again() -> Select[Refund]:
    again = aliased(Refund)
    sent_again = exists().where(again.key == func.concat(rules.AGAIN, Refund.id, ":", Refund.key))
    return select(Refund).where(Refund.status == rules.FAILED, ~sent_again)


def failed_refunds_paid_by_dispute(payment: Payment) -> list[Refund]:
    """Refunds that failed and that a lost dispute paid instead, the oldest first.

    A bank takes what is left of a charge: beyond what we meant to keep of it, that is what we had failed to refund.
    """
    lost = session().scalar(select(func.sum(Dispute.amount_cents)).where(*_lost(payment.id)))
    if lost is None:
        return []
    first = Refund.payment_id == payment.id, ~Refund.key.startswith(rules.AGAIN, autoescape=True)
    decided = session().scalar(select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(*first))
    cents = max(0, int(lost) - refunds_paid_first_cents(payment.id))
    tax = rules.tax_in(cents, amount_cents=payment.amount_cents, tax_cents=payment.tax_cents)
    cents -= min(tax, payment.tax_cents - refunded_tax_cents(payment.id))
    left, found = cents - (payment.amount_cents - int(decided or 0)), []
    for refund in session().scalars(_not_sent_again().where(Refund.payment_id == payment.id).order_by(Refund.id)):
        if refund.amount_cents <= left:
            left -= refund.amount_cents
            found.append(refund)
    return found


def refunds_on_hold(payment_id: uuid.UUID) -> Sequence[Refund]:
    """Refunds that wait for the end of a dispute, locked, the oldest first."""
    chosen = select(Refund).where(Refund.payment_id == payment_id, Refund.status == rules.HELD)
    return session().scalars(chosen.order_by(Refund.id).with_for_update(of=Refund)).all()


def payments_with_refunds_to_resume(limit: int = 200) -> Sequence[uuid.UUID]:
    """Payments whose refunds are on hold though every dispute that we know of is decided."""
    chosen = select(Payment.id).join(Refund).where(Refund.status == rules.HELD, Payment.disputed_at.is_(None))
    decided = exists().where(Dispute.payment_id == Payment.id)
    return session().scalars(chosen.where(decided).distinct().limit(limit)).all()


def covered_refunds(dispute_id: uuid.UUID) -> Sequence[Refund]:
    """Refunds that this lost dispute paid, locked, the oldest first."""
    chosen = select(Refund).where(Refund.covered_by == dispute_id)
    return session().scalars(chosen.order_by(Refund.id).with_for_update(of=Refund)).all()


def disputes_of(payment_id: uuid.UUID) -> Sequence[Dispute]:
    """Every dispute of a payment, the oldest first."""
    return session().scalars(select(Dispute).where(Dispute.payment_id == payment_id).order_by(Dispute.id)).all()


def dispute(dispute_id: uuid.UUID | str) -> Dispute:
    """A dispute as the database has it now; NotFound."""
    found = session().get(Dispute, uuid.UUID(str(dispute_id)), populate_existing=True)
    if found is None:
        raise NotFound
    return found


def dispute_for(admin: User, dispute_id: uuid.UUID) -> Dispute:
    """The same for an admin; NotFound for everybody else."""
    accounts.only_admins(admin)
    return dispute(dispute_id)


def dispute_by_stripe_id(stripe_id: str) -> Dispute:
    """Our row of Stripe's dispute."""
    return session().scalars(select(Dispute).where(Dispute.stripe_id == stripe_id)).one()


def find_dispute(stripe_id: str) -> Dispute | None:
    """Our row of Stripe's dispute, if we know of it."""
    return session().scalar(select(Dispute).where(Dispute.stripe_id == stripe_id))


def locked_dispute(stripe_id: str) -> Dispute:
    """The same, locked until the transaction ends."""
    chosen = select(Dispute).where(Dispute.stripe_id == stripe_id).with_for_update(of=Dispute)
    return session().scalars(chosen, execution_options={"populate_existing": True}).one()


def disputes(
    *, closed: bool = False, sort: str = "", descending: bool = False, offset: int = 0, limit: int | None = 100
) -> Sequence[Dispute]:
    """Disputes that are open, what is due first; or those that are decided, the latest first."""
    chosen = select(Dispute).where(Dispute.closed_at.is_not(None) if closed else Dispute.closed_at.is_(None))
    if not sort:
        sort, descending = ("closed_at", True) if closed else ("due_by", False)
    columns = {sort: (Dispute.amount_cents if sort == "amount" else getattr(Dispute, sort), Dispute.id)}
    return (
        session().scalars(ordered(chosen, columns, sort=sort, descending=descending, offset=offset, limit=limit)).all()
    )


def disputes_for(admin: User, **wanted: Any) -> Sequence[Dispute]:
    """The same for an admin; NotFound for everybody else."""
    accounts.only_admins(admin)
    return disputes(**wanted)


def refunded_cents(payment_id: uuid.UUID) -> int:
    """What was refunded or is on its way, in cents, without tax."""
    total = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
        Refund.payment_id == payment_id, Refund.status.not_in(rules.NOT_REFUNDED)
    )
    return int(session().scalar(total) or 0)


def refunded_tax_cents(payment_id: uuid.UUID) -> int:
    """The tax that was refunded or is on its way in cents, by us or by a dispute."""
    total = select(func.coalesce(func.sum(Refund.tax_cents), 0)).where(
        Refund.payment_id == payment_id, Refund.status != rules.FAILED
    )
    return int(session().scalar(total) or 0)


def refunds_paid_first_cents(payment_id: uuid.UUID) -> int:
    """What refunds take of a lost dispute before anything else does, in cents, tax included."""
    paid = Refund.payment_id == payment_id, Refund.status.in_(rules.PAID_BY_DISPUTE)
    return int(session().scalar(select(func.sum(Refund.amount_cents + Refund.tax_cents)).where(*paid)) or 0)


def lost_cents(payment: Payment) -> int:
    """What lost disputes took of the price in cents, beyond refunds that they paid and tax."""
    taken = select(func.sum(Dispute.amount_cents)).where(*_lost(payment.id), Dispute.followed_at.is_not(None))
    cents = max(0, int(session().scalar(taken) or 0) - refunds_paid_first_cents(payment.id))
    return cents - rules.tax_in(cents, amount_cents=payment.amount_cents, tax_cents=payment.tax_cents)


def has_loss_to_apply(payment_id: uuid.UUID) -> bool:
    """Is there a lost dispute that is not applied to what was paid for yet?"""
    waiting = select(Dispute.id).where(*_lost(payment_id), Dispute.followed_at.is_(None))
    return session().scalar(waiting.limit(1)) is not None


def _lost(*payment_ids: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return Dispute.payment_id.in_(payment_ids), Dispute.status.in_(rules.LOST_DISPUTES)


def unsettled(limit: int = 200) -> Sequence[uuid.UUID]:
    """Payments undecided a minute after they were begun, the longest unasked first."""
    return _due(Payment.status.in_(rules.UNDECIDED), Payment.intended_at < clock.now() - timedelta(minutes=1), limit)


def without_fee(limit: int = 200) -> Sequence[uuid.UUID]:
    """Paid payments whose fee or settlement Stripe had not told when we last looked; after an hour, once an hour."""
    unknown = (Payment.fee_cents.is_(None)) | (Payment.available_on.is_(None))
    now = clock.now()
    due = or_(Payment.paid_at > now - rules.SETTLED_WITHIN, Payment.looked_at < now - rules.MISSING_ASKED_EVERY)
    return _due(Payment.status == rules.PAID, unknown & due, limit)


def latest_settlement(currency: str) -> Payment | None:
    """The latest payment in a currency of which Stripe told what it came to in our balance."""
    told = Payment.currency == currency, Payment.status == rules.PAID, Payment.settled_cents > 0
    return session().scalar(select(Payment).where(*told).order_by(Payment.paid_at.desc(), Payment.id.desc()).limit(1))


def _due(state: ColumnElement[bool], more: ColumnElement[bool], limit: int) -> Sequence[uuid.UUID]:
    """Such payments that Stripe is to be asked about; what it does not know once an hour."""
    asked = func.coalesce(Payment.looked_at, Payment.intended_at)
    known = or_(Payment.missing_at.is_(None), asked < clock.now() - rules.MISSING_ASKED_EVERY)
    return session().scalars(select(Payment.id).where(state, more, known).order_by(asked).limit(limit)).all()


def missing_payments(limit: int = 100) -> Sequence[Payment]:
    """Payments that Stripe does not know, though we had their pages from there; the longest first."""
    chosen = select(Payment).where(Payment.missing_at.is_not(None)).order_by(Payment.missing_at).limit(limit)
    return session().scalars(chosen).all()


def missing_payments_for(admin: User) -> Sequence[Payment]:
    """The same for an admin; NotFound for everybody else."""
    accounts.only_admins(admin)
    return missing_payments()


def count_missing_payments() -> int:
    """How many there are."""
    return int(session().scalar(select(func.count()).where(Payment.missing_at.is_not(None))) or 0)


def unsent_refunds() -> Sequence[uuid.UUID]:
    """Refunds without a final answer of Stripe's minutes after they were decided on."""
    chosen = select(Refund.id).where(
        Refund.status.in_(rules.UNSETTLED_REFUNDS), Refund.intended_at < clock.now() - timedelta(minutes=2)
    )
    return session().scalars(chosen.order_by(Refund.id).limit(200)).all()
