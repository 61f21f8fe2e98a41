"""Stripe's account of a coach, and payouts grouped in runs."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Dialect, ForeignKey, Index, LargeBinary, TypeDecorator, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.coaches.models import Coach
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.payouts.rules import states, summaries
from marketplace.payouts.rules.conversions import ConvertedTransfer
from marketplace.payouts.rules.reasons import Reason
from marketplace.states import among

# A coach has one payout under way in each currency: the index that holds it, and what an insert names to meet it.
ONE_OPEN = among(states.OPEN)


class StoredReason(TypeDecorator[Reason]):
    """A `Reason` as a JSON object of its code and parameters."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Reason | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else value.stored()

    def process_result_value(self, value: Any, dialect: Dialect) -> Reason | None:
        return None if value is None else Reason.read(value)


class ConnectedAccount(Base):
    """Where Stripe sends a coach's money.

    Ready means: the transfer capability was active on a fresh read, and there is a bank account. `capability_status` is
    Stripe's word, or one of `rules.bank_details`. `email` and `name` are what it was asked for with.
    """

    __tablename__ = "connected_accounts"

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"), unique=True)
    country: Mapped[Words]
    email: Mapped[Words | None]
    name: Mapped[Words | None]
    stripe_id: Mapped[Words | None] = mapped_column(unique=True)
    ready: Mapped[bool] = mapped_column(default=False)
    capability_status: Mapped[Words | None]
    checked_at: Mapped[Instant | None]
    created_at: Mapped[Instant] = mapped_column(default=clock.now)


class BankDetails(Base):
    """Where a coach is paid by a transfer that a person makes, not through Stripe.

    Sealed, `hint` may be shown.
    """

    __tablename__ = "bank_details"

    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"), primary_key=True)
    country: Mapped[Words]
    hint: Mapped[Words]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[Instant] = mapped_column(default=clock.now)


class PayoutHold(Base):
    """An admin keeps one coach's payouts back, with a reason that the coach reads.

    Open until `released_at`.
    """

    __tablename__ = "payout_holds"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(released_at is null) = (released_by is null)", name="released"),
        Index("payout_holds_one_open_idx", "coach_id", unique=True, postgresql_where=text("released_at is null")),
        Index("payout_holds_coach_id_idx", "coach_id"),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    reason: Mapped[Words]
    placed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    placed_at: Mapped[Instant] = mapped_column(default=clock.now)
    released_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    released_at: Mapped[Instant | None]


class PayoutTerms(Base):
    """When a coach is paid out: weekly where there is none.

    `asked_at`: one was asked for and not yet proposed.
    """

    __tablename__ = "payout_terms"
    __table_args__ = (CheckConstraint("schedule in ('weekly', 'monthly', 'on_demand')", name="schedule"),)

    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"), primary_key=True)
    schedule: Mapped[Words] = mapped_column(default="weekly")
    asked_at: Mapped[Instant | None]


class PayoutRun(Base):
    """What was proposed in one go, by an admin or, without one, by the calendar.

    `approved_at` is null until an admin approves it.
    """

    __tablename__ = "payout_runs"

    id: Mapped[Key]
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    proposed_at: Mapped[Instant] = mapped_column(default=clock.now)
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    approved_at: Mapped[Instant | None]
    cancelled_at: Mapped[Instant | None]

    payouts: Mapped[list["Payout"]] = relationship(back_populates="run", lazy="selectin", order_by="Payout.id")

    @property
    def state(self) -> str:
        """proposed, approved or cancelled."""
        if self.cancelled_at is not None:
            return states.CANCELLED
        return states.PROPOSED if self.approved_at is None else states.APPROVED


class Payout(Base):
    """One transfer to one coach.

    Status moves by `PAYOUT_STATES`; `reason` says why it waits, failed or was returned.

    `attempt` counts how often Stripe was asked anew after a definite refusal, `tried_at` is when the last began.
    `rail` is decided when it goes: through Stripe, or by a manual transfer to the bank details that are `sealed` then;
    of a manual transfer `reference` is the bank's and `transferred_on` the day it was made. `destination` is Stripe's
    account that this attempt goes to, and `sent_cents` of `sent_currency` what it carries there.
    """

    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint(states.PAYOUT_STATES.constraint(), name="status"),
        CheckConstraint(f"{among(states.RAILS, 'rail')} and (rail = 'manual') = (sealed is not null)", name="rail"),
        CheckConstraint(
            "(reference is null) = (transferred_on is null) and (reference is null or rail = 'manual')",
            name="transferred",
        ),
        CheckConstraint("(sent_cents is null) = (sent_currency is null)", name="sent"),
        UniqueConstraint("run_id", "coach_id", "currency"),
        Index(
            "payouts_one_open_each_idx",
            "coach_id",
            "currency",
            unique=True,
            postgresql_where=text(ONE_OPEN),
        ),
    )

    id: Mapped[Key]
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payout_runs.id", ondelete="RESTRICT"))
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"), index=True)
    amount_cents: Mapped[Cents]
    currency: Mapped[Words]
    status: Mapped[Words] = mapped_column(default=states.PROPOSED, index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    stripe_id: Mapped[Words | None] = mapped_column(unique=True)
    reason: Mapped[Reason | None] = mapped_column(StoredReason)
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    tried_at: Mapped[Instant | None]
    sent_at: Mapped[Instant | None]
    rail: Mapped[Words] = mapped_column(default=states.STRIPE)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    destination: Mapped[Words | None]
    sent_cents: Mapped[Cents | None]
    sent_currency: Mapped[Words | None]
    reference: Mapped[Words | None]
    transferred_on: Mapped[date | None]

    run: Mapped[PayoutRun] = relationship(back_populates="payouts", lazy="raise")
    coach: Mapped[Coach] = relationship(lazy="joined", innerjoin=True)

    @property
    def shown_status(self) -> str:
        """Its state as people are shown it: also `waiting` and `to_transfer`."""
        return summaries.shown_status(self.status, waits=self.reason is not None, rail=self.rail)

    @property
    def conversion(self) -> ConvertedTransfer | None:
        """What it left as, where that was another currency than the coach's."""
        if self.sent_cents is None or self.sent_currency == self.currency:
            return None
        return ConvertedTransfer(self.amount_cents, self.sent_cents)

    @property
    def is_unsent(self) -> bool:
        """Is it proposed or approved, its money still in the coach's balance?"""
        return self.status in states.UNSENT

    @property
    def was_sent(self) -> bool:
        """Has the money left us, whether it was returned later or not?"""
        return self.status in states.SENT

    @property
    def ended_unsent(self) -> bool:
        """Did it fail, or was it cancelled, so that all of it is payable again?"""
        return self.status in states.NOT_SENT

    @property
    def needs_retry(self) -> bool:
        """Did it fail, or does it wait: may an admin have it tried again to some use?"""
        return self.shown_status in (states.FAILED, summaries.WAITING)

    @property
    def is_returnable(self) -> bool:
        """May a bank send it back?"""
        return self.status in states.RETURNABLE


class PayoutLine(Base):
    """One entry of a coach's account that a payout carries, fixed when it is proposed.

    `cents` below zero took from it.

    `live`: the payout counts. Where it failed or was cancelled its entries are free for another. Without an entry it is
    what the lines of an older payout could not tell, and what sets that off in the next.
    """

    __tablename__ = "payout_lines"
    __table_args__ = (
        CheckConstraint("cents <> 0", name="cents"),
        UniqueConstraint("payout_id", "entry_id"),
        Index("payout_lines_once_idx", "entry_id", unique=True, postgresql_where=text("live")),
    )

    payout_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payouts.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entries.id", ondelete="RESTRICT"))
    cents: Mapped[Cents]
    live: Mapped[bool] = mapped_column(default=True)


class PayoutReversal(Base):
    """What an admin reverses of a paid payout, with a reason that the coach reads.

    Intended first, then asked of Stripe. `attempt` counts how often it was asked anew after a definite refusal, which
    `failure` tells; `tried_at` is null until this attempt began. `sent_cents` are asked for where the payout left in
    another currency.
    """

    __tablename__ = "payout_reversals"
    __table_args__ = (
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(states.REVERSAL_STATES.constraint(), name="status"),
        CheckConstraint(
            "(status = 'made') = (stripe_id is not null) and (status = 'made') = (made_at is not null)", name="made"
        ),
        CheckConstraint("(status = 'failed') = (failure is not null)", name="failed"),
    )

    id: Mapped[Key]
    payout_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payouts.id", ondelete="RESTRICT"), index=True)
    cents: Mapped[Cents]
    reason: Mapped[Words]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    asked_at: Mapped[Instant] = mapped_column(default=clock.now)
    status: Mapped[Words] = mapped_column(default=states.INTENDED)
    attempt: Mapped[int] = mapped_column(default=1)
    tried_at: Mapped[Instant | None]
    sent_cents: Mapped[Cents | None]
    stripe_id: Mapped[Words | None] = mapped_column(unique=True)
    made_at: Mapped[Instant | None]
    failure: Mapped[Reason | None] = mapped_column(StoredReason)

    payout: Mapped[Payout] = relationship(lazy="joined", innerjoin=True)
