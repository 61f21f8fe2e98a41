"""Invitations of coaches, and how they are priced."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import CITEXT, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.asks.invitations.rules.prices import MOST_GROUP_PERCENT, MOST_PREPARATION
from marketplace.asks.invitations.rules.states import SOURCES, STANDING, STATES, UPLOADED, WAITING
from marketplace.asks.models import Ask
from marketplace.coaches.models import Coach
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.states import among


class Invitation(Base):
    """A meeting to which a coach was invited elsewhere, as its newest version has it, and what became of it.

    `uid`, `instance`, `sequence` and `stamp` are its calendar's (RFC 5545). `invited_as` is the coach's address there;
    of the other attendees only the number is kept. `starts_at` and `minutes` are those of its next meeting, `sessions`
    how many there are to come. `told_at` is when its organiser was written to last; `ask_id` is the ask that its
    organiser was quoted for. `status` moves by `rules.states`.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("(card_cents is null) = (card_currency is null) and card_cents > 0", name="card"),
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint(among(SOURCES, "source"), name="source"),
        CheckConstraint("minutes between 10 and 480", name="minutes"),
        CheckConstraint("sessions >= 1 and attendees >= 0 and sequence >= 0", name="counts"),
        CheckConstraint("status <> 'quoted' and status <> 'accepted' or ask_id is not null", name="quoted"),
        CheckConstraint(f"({STATES.among(STATES.final)}) = (ended_at is not null)", name="ended"),
        Index(
            "invitations_one_standing_idx",
            "coach_id",
            "uid",
            "instance",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text(STATES.among(STANDING)),
        ),
        Index("invitations_coach_idx", "coach_id", "id"),
        Index("invitations_year_idx", "coach_id", "received_at", postgresql_where=text("ask_id is null")),
        Index("invitations_told_idx", "coach_id", "told_at", postgresql_where=text("told_at is not null")),
        Index("invitations_waiting_idx", "starts_at", postgresql_where=text("status = 'waiting'")),
        Index("invitations_quoted_idx", "id", postgresql_where=text("status = 'quoted'")),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    ask_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("asks.id", ondelete="RESTRICT"), index=True)
    status: Mapped[Words] = mapped_column(default=WAITING)
    source: Mapped[Words] = mapped_column(default=UPLOADED)
    uid: Mapped[Words]
    instance: Mapped[Instant | None]
    sequence: Mapped[int]
    stamp: Mapped[Instant | None]
    organiser_name: Mapped[Words]
    organiser_email: Mapped[str] = mapped_column(CITEXT, index=True)
    invited_as: Mapped[Words]
    attendees: Mapped[int]
    summary: Mapped[Words]
    starts_at: Mapped[Instant]
    minutes: Mapped[int]
    zone: Mapped[Words]
    recurs: Mapped[bool]
    sessions: Mapped[int]
    endless: Mapped[bool]
    # Sentences in English, said in the reader's language.
    doubts: Mapped[list[str]] = mapped_column(JSONB, default=list)
    reply: Mapped[Words] = mapped_column(default="")
    # What its minutes cost by the card of the coach when this version came; None without a card.
    card_cents: Mapped[Cents | None]
    card_currency: Mapped[Words | None]
    received_at: Mapped[Instant] = mapped_column(default=clock.now)
    told_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]

    coach: Mapped[Coach] = relationship(lazy="raise")
    ask: Mapped[Ask | None] = relationship(lazy="raise")


class InvitationSettings(Base):
    """How a coach has invitations priced: minutes of preparation, and by how many percent each further person adds."""

    __tablename__ = "invitation_settings"
    __table_args__ = (
        CheckConstraint(f"preparation_minutes between 0 and {MOST_PREPARATION}", name="preparation"),
        CheckConstraint(f"group_percent between 0 and {MOST_GROUP_PERCENT}", name="group"),
    )

    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True)
    preparation_minutes: Mapped[int] = mapped_column(default=0)
    group_percent: Mapped[int] = mapped_column(default=0)


class InvitationStop(Base):
    """An address that wants no more quotes for invitations, from whichever coach."""

    __tablename__ = "invitation_stops"

    email: Mapped[str] = mapped_column(CITEXT, primary_key=True)
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
