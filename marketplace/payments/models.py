"""Payments, their refunds, and disputes about them."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.languages import LazyText
from marketplace.payments import rules
from marketplace.payments.refund_reasons import rules as refund_reasons


class Payment(Base):
    """Money asked of one person for one thing (`subject_id`).

    Status moves forward only: see `rules.PAYMENT_STATES`.

    With `automatic_tax` Stripe lays `tax_cents` on top of the amount, which are known once it is paid.
    `intended_at` is when we first meant to ask Stripe; `checkout_id` is null until the answer is recorded. A page that
    ends before `payable_until` is replaced by another, so that one at most can be paid on. From
    `capture_wanted_at` on its authorisation is to be captured, from `capture_begun_at` on it may have been. With
    `card_only` the page takes nothing that settles later; since `settling_since` such money is under way.

    Stripe put `settled_cents` into our balance and took `fee_cents`, both in `settled_currency`: another than that of
    the payment where it converted.

    `payer_email` is part of what is asked for, and `checkout_attempt` counts up after a definite refusal alone, as does
    `capture_attempt`.
    `failure` are Stripe's words why the last attempt to pay failed, for admins; all others read a sentence for
    `failure_code`.
    `looked_at` is when Stripe last answered about it; since `missing_at` it knows nothing of it.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("tax_cents >= 0", name="tax"),
        CheckConstraint(rules.PAYMENT_STATES.constraint(), name="status"),
        CheckConstraint("capture_begun_at is null or capture_wanted_at is not null", name="capture"),
        CheckConstraint("(settled_cents is null) = (settled_currency is null)", name="settled"),
    )

    id: Mapped[Key]
    payer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    description: Mapped[Words]
    amount_cents: Mapped[Cents]
    currency: Mapped[Words]
    manual_capture: Mapped[bool]
    status: Mapped[Words] = mapped_column(default=rules.PENDING, index=True)
    return_url: Mapped[Words]
    payable_until: Mapped[Instant | None]
    checkout_expires_at: Mapped[Instant]
    checkout_id: Mapped[Words | None] = mapped_column(unique=True)
    checkout_url: Mapped[Words | None]
    payer_email: Mapped[Words | None]
    checkout_attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    intent_id: Mapped[Words | None] = mapped_column(unique=True)
    charge_id: Mapped[Words | None] = mapped_column(unique=True)
    card_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    settling_since: Mapped[Instant | None]
    automatic_tax: Mapped[bool] = mapped_column(default=False, server_default=false())
    tax_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    fee_cents: Mapped[Cents | None]
    settled_cents: Mapped[Cents | None]
    settled_currency: Mapped[Words | None]
    available_on: Mapped[Instant | None]
    capture_before: Mapped[Instant | None]
    capture_wanted_at: Mapped[Instant | None]
    capture_begun_at: Mapped[Instant | None]
    capture_attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    disputed_at: Mapped[Instant | None]
    failure: Mapped[Words | None]
    failure_code: Mapped[Words | None]
    intended_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
    looked_at: Mapped[Instant | None]
    missing_at: Mapped[Instant | None] = mapped_column(index=True)
    paid_at: Mapped[Instant | None]

    payer: Mapped[User] = relationship(lazy="raise")

    @property
    def is_settling(self) -> bool:
        """Has the payer done their part, and is their bank's money under way?"""
        return self.status == rules.PENDING and self.settling_since is not None

    @property
    def failure_told(self) -> LazyText | None:
        """Why the last attempt to pay failed, in our words; None where none did."""
        return rules.payment_failure_told(self.failure_code) if self.failure else None

    @property
    def is_booked(self) -> bool:
        """Did the money come in, with its fee and its day known?

        From then on Stripe says nothing new of it.
        """
        return self.status == rules.PAID and self.fee_cents is not None and self.available_on is not None

    @property
    def fee_currency(self) -> str:
        """In which currency Stripe takes its fees for this payment."""
        return self.settled_currency or self.currency

    @property
    def is_converted(self) -> bool:
        """Did Stripe settle it in another currency?"""
        return self.fee_currency != self.currency


class Refund(Base):
    """A refund. It is intended first, then asked of Stripe under this row's id, then recorded.

    `tax_cents` are refunded on top of the amount: what of the payment's tax falls on it. `attempt` counts how often it
    was resumed after it was on hold; `covered_by` is the lost dispute that paid it. `settled_cents` of
    `settled_currency` left our balance for it.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("tax_cents >= 0", name="tax"),
        CheckConstraint(rules.REFUND_STATES.constraint(), name="status"),
        CheckConstraint("(status = 'covered') = (covered_by is not null)", name="covered"),
        CheckConstraint("(settled_cents is null) = (settled_currency is null)", name="settled"),
    )

    id: Mapped[Key]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"), index=True)
    key: Mapped[Words] = mapped_column(unique=True)
    amount_cents: Mapped[Cents]
    tax_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    reason: Mapped[Words]
    status: Mapped[Words] = mapped_column(default=rules.INTENDED, index=True)
    stripe_id: Mapped[Words | None] = mapped_column(unique=True)
    failure: Mapped[Words | None]
    attempt: Mapped[int] = mapped_column(default=1)
    covered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("disputes.id", ondelete="RESTRICT"))
    settled_cents: Mapped[Cents | None]
    settled_currency: Mapped[Words | None]
    intended_at: Mapped[Instant] = mapped_column(default=clock.now)
    settled_at: Mapped[Instant | None]

    payment: Mapped[Payment] = relationship(lazy="joined", innerjoin=True)

    @property
    def total_cents(self) -> int:
        """What is refunded in all, price and tax."""
        return self.amount_cents + self.tax_cents

    @property
    def reason_told(self) -> str:
        """Why it is refunded, in the reader's language; an admin's own words as they are."""
        return refund_reasons.told(self.reason)

    @property
    def failure_told(self) -> str:
        """Why it failed or waits, in the reader's language where Stripe named it by a code; '' for no reason."""
        return rules.refund_failure_told(self.failure)


class CircuitBreaker(Base):
    """Calls to Stripe that had no answer, in a row; the row goes with the next answer.

    `id` names a key and an address, `since` is when the first had none, `retry_at` when one caller may try again.
    """

    __tablename__ = "circuit_breakers"

    id: Mapped[Words] = mapped_column(primary_key=True)
    failures: Mapped[int]
    reason: Mapped[Words]
    since: Mapped[Instant]
    retry_at: Mapped[Instant]


class Dispute(Base):
    """The payer's bank asks for money back, or asks why we took it (`warning_…`).

    `status` is Stripe's own word.

    `amount_cents` is what it is about, `fee_cents` what Stripe took for it, in the payment's `fee_currency`. `evidence`
    is what an admin decided to send, `submitted_at` when Stripe had it, `refusal` why Stripe did not take it.
    `followed_at` is when the loss was booked on what the payment paid for.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("amount_cents > 0 and fee_cents >= 0", name="amounts"),
        CheckConstraint(rules.DISPUTE_STATES.constraint(), name="status"),
    )

    id: Mapped[Key]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"), index=True)
    stripe_id: Mapped[Words] = mapped_column(unique=True)
    amount_cents: Mapped[Cents]
    fee_cents: Mapped[Cents]
    reason: Mapped[Words]
    status: Mapped[Words] = mapped_column(index=True)
    due_by: Mapped[Instant | None]
    opened_at: Mapped[Instant]
    closed_at: Mapped[Instant | None]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    evidence_id: Mapped[uuid.UUID | None]
    submitted_at: Mapped[Instant | None]
    refusal: Mapped[Words | None]
    followed_at: Mapped[Instant | None]

    payment: Mapped[Payment] = relationship(lazy="joined", innerjoin=True)
