"""Quotes of coaches."""

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.asks.models import Ask
from marketplace.asks.quotes.offered_times.rules import MOST_TIMES
from marketplace.asks.quotes.rules import CHOSEN, FORMS, HELD, LIVE, SENT, SESSION, STATES
from marketplace.bookings.models import Booking
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.session_credits.models import SessionCredit
from marketplace.states import among
from marketplace.written_answers.models import WrittenAnswer


class Quote(Base):
    """What a coach offers for an ask: minutes, price, rules of cancelling. Immutable but for `status` and the booking.

    `status` moves by `rules.STATES`. `offering_id` says which of the rate card it follows in all but length and price;
    `offered_times` are those that go with it, none: any of the coach's; `booking_id` is the time that was chosen last.
    Without a time `credit_id` is what was bought. In the form `written` it is an answer in words, delivered by
    `deliver_by`, and `written_answer_id` the one that was ordered last.
    """

    __tablename__ = "quotes"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint("minutes between 10 and 480", name="minutes"),
        CheckConstraint("price_cents > 0", name="price"),
        CheckConstraint("preparation_minutes between 0 and 480", name="preparation"),
        CheckConstraint(
            f"num_nonnulls(booking_id, written_answer_id, credit_id) = 1 or not ({STATES.among(CHOSEN)})", name="booked"
        ),
        CheckConstraint(among(FORMS, "form"), name="form"),
        CheckConstraint(
            f"cardinality(offered_times) <= case form when 'written' then 0 else {MOST_TIMES} end", name="offered_times"
        ),
        CheckConstraint("(form = 'written') = (deliver_by is not null)", name="deliver_by"),
        CheckConstraint(
            "case form when 'written' then num_nonnulls(booking_id, credit_id) = 0 else written_answer_id is null end "
            "and num_nonnulls(booking_id, credit_id) <= 1",
            name="form_taken",
        ),
        Index("quotes_one_live_idx", "ask_id", unique=True, postgresql_where=text(STATES.among(LIVE))),
        Index("quotes_live_idx", "valid_until", postgresql_where=text(STATES.among(LIVE))),
    )

    id: Mapped[Key]
    ask_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("asks.id", ondelete="RESTRICT"), index=True)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id", ondelete="RESTRICT"), index=True)
    policy_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("policy_versions.id", ondelete="RESTRICT"))
    status: Mapped[Words] = mapped_column(default=SENT)
    form: Mapped[Words] = mapped_column(default=SESSION, server_default=SESSION)
    minutes: Mapped[int]
    preparation_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    price_cents: Mapped[Cents]
    currency: Mapped[Words]
    note: Mapped[Words]
    valid_until: Mapped[Instant]
    deliver_by: Mapped[Instant | None]
    offered_times: Mapped[list[datetime]] = mapped_column(
        ARRAY(DateTime(timezone=True)), default=list, server_default="{}"
    )
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    booking_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"), unique=True)

    written_answer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("written_answers.id", ondelete="RESTRICT"), unique=True
    )

    credit_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("session_credits.id", ondelete="RESTRICT"), unique=True
    )

    ask: Mapped[Ask] = relationship(lazy="raise")
    booking: Mapped[Booking | None] = relationship(lazy="raise")
    written_answer: Mapped[WrittenAnswer | None] = relationship(lazy="raise")
    credit: Mapped[SessionCredit | None] = relationship(lazy="raise")

    @property
    def held_until(self) -> datetime | None:
        """Until when the time that was chosen is held unpaid; None where none is."""
        return self.booking.hold_expires_at if self.status == HELD and self.booking is not None else None
