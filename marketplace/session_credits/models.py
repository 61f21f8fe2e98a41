"""Credits for a session with one coach, of one length."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.intro_credits.queries import IntroCredit
from marketplace.coaches.models import Coach
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.payments.models import Payment
from marketplace.policies.rules import Terms
from marketplace.session_credits import rules

INTRO_IN_USE = f"intro_id is not null and {rules.STATES.among(rules.FULL_SESSION)}"


class SessionCredit(Base):
    """What a mentee paid for a session whose time is still to be chosen. `status` moves by `rules.STATES`.

    Price, fee and rules are copies, as on a booking. Once it is used, `booking_id` is the session, which then has the
    payment; until then the money is owed, and what is not scheduled by `expires_at` is refunded in full. `intro_cents`
    of a paid first session, `intro_id`, are taken off the price already.
    """

    __tablename__ = "session_credits"
    __table_args__ = (
        CheckConstraint(rules.STATES.constraint(), name="status"),
        CheckConstraint("price_cents > 0", name="price"),
        CheckConstraint("minutes between 10 and 480", name="minutes"),
        CheckConstraint("fee_basis_points between 0 and 10000", name="fee"),
        CheckConstraint("refunded_cents between 0 and price_cents", name="refunded"),
        CheckConstraint("(status = 'used') = (booking_id is not null)", name="used"),
        CheckConstraint(f"(paid_at is null) = ({rules.STATES.among(rules.NEVER_PAID)})", name="paid"),
        CheckConstraint("(paid_at is null) = (expires_at is null)", name="expires"),
        CheckConstraint("intro_cents >= 0 and (intro_cents > 0) = (intro_id is not null)", name="intro"),
        Index("session_credits_intro_counts_once", "intro_id", unique=True, postgresql_where=text(INTRO_IN_USE)),
        Index("session_credits_coach_idx", "coach_id", "id"),
        Index("session_credits_mentee_idx", "mentee_id", "id"),
        Index("session_credits_unpaid_idx", "pay_until", postgresql_where=text("status = 'unpaid'")),
        Index("session_credits_open_idx", "expires_at", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    mentee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id", ondelete="RESTRICT"), index=True)
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"), unique=True)
    booking_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), unique=True)
    status: Mapped[Words] = mapped_column(default=rules.UNPAID)
    title: Mapped[Words]
    brief: Mapped[Words]
    brief_details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    minutes: Mapped[int]
    price_cents: Mapped[Cents]
    intro_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"))
    intro_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    currency: Mapped[Words]
    fee_basis_points: Mapped[int]
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    pay_until: Mapped[Instant]
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    paid_at: Mapped[Instant | None]
    expires_at: Mapped[Instant | None]
    reminders: Mapped[int] = mapped_column(default=0, server_default="0")
    ended_at: Mapped[Instant | None]
    end_reason: Mapped[Words | None]
    refunded_cents: Mapped[Cents] = mapped_column(default=0)

    coach: Mapped[Coach] = relationship(lazy="raise")
    mentee: Mapped[User] = relationship(lazy="raise")
    payment: Mapped[Payment | None] = relationship(lazy="raise")

    @property
    def terms(self) -> Terms:
        """The rules under which it was bought; those of its session."""
        return Terms.of(self.policy)

    @property
    def intro(self) -> IntroCredit | None:
        """What a first session took off its price."""
        if self.intro_id is None:
            return None
        return IntroCredit(self.intro_id, self.intro_cents, self.expires_at or self.pay_until)

    @property
    def is_disputed(self) -> bool:
        """Does a bank ask for its money back?"""
        return self.payment is not None and self.payment.disputed_at is not None
