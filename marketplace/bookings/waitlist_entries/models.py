"""Entries of the waitlist for a coach's time."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.bookings.waitlist_entries.rules import OPEN, STATES, WAITING, WaitlistCriteria
from marketplace.coaches.models import Coach, Offering
from marketplace.db import Base, Instant, Key, Words


class WaitlistEntry(Base):
    """A mentee waits for an offering's time that meets `criteria`, in the zone that the mentee had on joining.

    `status` moves by `rules.STATES`; while it is offered, `booking_id` is held for the mentee. `queued_at` orders them.
    """

    __tablename__ = "waits"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint("starts_on <= ends_on", name="range"),
        CheckConstraint("0 <= from_minute and from_minute < until_minute and until_minute <= 1440", name="minutes"),
        CheckConstraint("cardinality(weekdays) > 0", name="weekdays"),
        CheckConstraint("status <> 'offered' or booking_id is not null", name="offered"),
        CheckConstraint(f"({STATES.among(OPEN)}) = (ended_at is null)", name="ended"),
        Index("waits_line_idx", "coach_id", "queued_at", postgresql_where=text("status = 'waiting'")),
        Index(
            "waits_once_each_idx",
            "mentee_id",
            "offering_id",
            unique=True,
            postgresql_where=text(STATES.among(OPEN)),
        ),
        Index("waits_one_offer_idx", "mentee_id", unique=True, postgresql_where=text("status = 'offered'")),
    )

    id: Mapped[Key]
    mentee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id", ondelete="RESTRICT"), index=True)
    booking_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    timezone: Mapped[Words]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    from_minute: Mapped[int]
    until_minute: Mapped[int]
    brief: Mapped[Words]
    status: Mapped[Words] = mapped_column(default=WAITING)
    missed: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[Instant] = mapped_column(default=clock.now)
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    ended_at: Mapped[Instant | None]

    mentee: Mapped[User] = relationship(lazy="raise")
    coach: Mapped[Coach] = relationship(lazy="raise")
    offering: Mapped[Offering] = relationship(lazy="raise")
    booking: Mapped[Booking | None] = relationship(lazy="raise")

    @property
    def criteria(self) -> WaitlistCriteria:
        """Which times meet what the mentee asked for."""
        return WaitlistCriteria(
            self.starts_on, self.ends_on, self.timezone, tuple(self.weekdays), self.from_minute, self.until_minute
        )
