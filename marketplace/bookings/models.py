"""A booking: the hold, the session and its end are one row."""

import secrets
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.coaches.models import Coach
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.payments.models import Payment
from marketplace.policies.rules import Terms
from marketplace.states import among

INTRO_IN_USE = f"credit_for is not null and {rules.STATES.among({rules.HELD, *rules.BOOKED})}"


class Booking(Base):
    """A time of a coach claimed by a mentee, `blocked` with its buffers. Price, policy and fee are copies.

    PostgreSQL itself refuses two claims of a coach that overlap, and by a trigger (`refuse_two_places`) one while the
    coach is somebody's mentee; `sequence` is the calendar invite's (RFC 5545). While it is
    frozen it neither ends nor pays anybody: what happened is not agreed. The sessions of a series share one payment.
    `offered`: held for somebody on the waitlist. `price_cents` is what is paid, once `discount_cents` were taken off by
    a coupon. `calendar_uid` is the event's of the invitation from which it came, `calendar_instance` which one of that
    series. Only `transitions` assigns `status`.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        ExcludeConstraint(
            ("coach_id", "="),
            ("blocked", "&&"),
            where=text(rules.STATES.among(rules.CLAIMING)),
            using="gist",
            name="bookings_one_session_at_a_time",
        ),
        CheckConstraint(rules.STATES.constraint(), name="status"),
        CheckConstraint(among(rules.OUTCOMES, "outcome"), name="outcome"),
        CheckConstraint("(status = 'completed') = (outcome is not null)", name="completed_with_outcome"),
        CheckConstraint("starts_at < ends_at", name="interval"),
        CheckConstraint("blocked @> tstzrange(starts_at, ends_at)", name="blocked"),
        CheckConstraint("fee_basis_points between 0 and 10000", name="fee"),
        CheckConstraint(
            "credit_cents >= 0 and (credit_cents > 0) = (credit_for is not null) "
            "and (credit_cents = 0 or discount_cents = 0)",
            name="credit",
        ),
        Index("bookings_intro_counts_once", "credit_for", unique=True, postgresql_where=text(INTRO_IN_USE)),
        CheckConstraint("refunded_cents between 0 and price_cents", name="refunded"),
        CheckConstraint(
            "discount_cents >= 0 and (discount_cents > 0) = (coupon_id is not null) "
            "and (coupon_id is null) = (coupon_code is null)",
            name="discount",
        ),
        Index("bookings_coupon_idx", "coupon_id", "mentee_id", postgresql_where=text("coupon_id is not null")),
        Index("bookings_coach_starts_idx", "coach_id", "starts_at"),
        Index(
            "bookings_pairs_idx",
            "coach_id",
            "mentee_id",
            "starts_at",
            postgresql_where=text("confirmed_at is not null"),
        ),
        Index("bookings_mentee_starts_idx", "mentee_id", "starts_at"),
        Index("bookings_starts_idx", "starts_at", "id"),
        Index("bookings_holds_idx", "hold_expires_at", postgresql_where=text("status = 'held'")),
        Index("bookings_confirmed_starts_idx", "starts_at", postgresql_where=text("status = 'confirmed'")),
        Index(
            "bookings_released_idx",
            "coach_id",
            "released_at",
            postgresql_where=text("released_at is not null"),
            postgresql_include=["id"],
        ),
        Index("bookings_unreleased_idx", "ends_at", postgresql_where=text("released_at is null")),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    mentee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id", ondelete="RESTRICT"), index=True)
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"), index=True)
    series_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("booking_series.id", ondelete="RESTRICT"), index=True
    )
    offered: Mapped[bool] = mapped_column(default=False)
    status: Mapped[Words]
    outcome: Mapped[Words | None]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    blocked: Mapped[Range[Any]] = mapped_column(TSTZRANGE)
    hold_expires_at: Mapped[Instant]
    decide_by: Mapped[Instant | None]
    brief: Mapped[Words]
    # What else is said of it, by the names of an ask's fields; nothing where nothing was said.
    brief_details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    title: Mapped[Words]
    kind: Mapped[Words]
    by_approval: Mapped[bool]
    price_cents: Mapped[Cents]
    currency: Mapped[Words]
    coupon_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("coupons.id", ondelete="RESTRICT"))
    coupon_code: Mapped[Words | None]
    discount_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    # A paid first session whose price was taken off this one, and how much of it.
    intro: Mapped[bool] = mapped_column(default=False, server_default="false")
    credit_for: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"))
    credit_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    preparation_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    # Where a client of therapy says to be during the session: a jurisdiction of `licences.rules`.
    client_place: Mapped[Words | None]
    fee_basis_points: Mapped[int]
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sequence: Mapped[int] = mapped_column(default=0)
    calendar_uid: Mapped[Words | None]
    calendar_instance: Mapped[Instant | None]
    meeting_room: Mapped[Words] = mapped_column(default=lambda: secrets.token_hex(16))
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    changed_at: Mapped[Instant] = mapped_column(default=clock.now, onupdate=clock.now)
    confirmed_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    end_reason: Mapped[Words | None]
    refunded_cents: Mapped[Cents] = mapped_column(default=0)
    platform_paid_cents: Mapped[Cents] = mapped_column(default=0)
    coach_paid_cents: Mapped[Cents] = mapped_column(default=0)
    refund_at_most_cents: Mapped[Cents | None]
    frozen_at: Mapped[Instant | None]
    released_at: Mapped[Instant | None]

    coach: Mapped[Coach] = relationship(lazy="raise")
    mentee: Mapped[User] = relationship(foreign_keys=mentee_id, lazy="raise")
    payment: Mapped[Payment | None] = relationship(lazy="raise")

    @property
    def event_uid(self) -> str:
        """The UID of its event in people's calendars: its own, or that of the invitation it came from."""
        return self.calendar_uid or f"{self.id}@fairhour"

    @property
    def list_cents(self) -> int:
        """The price before any coupon."""
        return self.price_cents + self.discount_cents

    @property
    def is_free(self) -> bool:
        """Did the coach give it, so that nothing is paid or refunded? No coupon makes it so."""
        return self.list_cents == 0

    @property
    def terms(self) -> Terms:
        """The rules of cancelling and rescheduling as they were booked."""
        return Terms.of(self.policy)

    def forget_goodwill(self) -> None:
        """It is refunded in full because of the coach: what either side refunded alone before is not made up for."""
        self.platform_paid_cents = self.coach_paid_cents = 0

    def buffers(self) -> tuple[timedelta, timedelta]:
        """What is claimed before and after the session itself."""
        lower, upper = self.blocked.lower, self.blocked.upper
        # The type knows of ranges without an end, and no claim is one.
        assert lower is not None
        assert upper is not None
        return self.starts_at - lower, upper - self.ends_at
