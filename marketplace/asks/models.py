"""Asks, what coaches say about taking them, and asks that a code has yet to confirm."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import CITEXT, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks.rules.brief import MOST_POINTS, PAYERS, USUAL_LEAST_POINTS, Brief
from marketplace.asks.rules.capacity import MOST_OPEN, MOST_PER_WEEK, USUAL_OPEN_AT_MOST, USUAL_PER_WEEK, Capacity
from marketplace.asks.rules.states import ASKED, DECLINES, OPEN, ORIGINS, STATES, WAITING
from marketplace.bookings.briefs import rules as session_briefs
from marketplace.coaches.kinds.rules import EVERY_KIND
from marketplace.coaches.models import Coach
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.states import among

# Somebody may invite a coach to several meetings at once.
ONE_OPEN = f"{STATES.among(WAITING)} and origin = '{ASKED}'"


class Ask(Base):
    """What somebody asked of a coach, the price that was shown for it, and how it ended.

    `status` moves by `rules.states.STATES`. It lapses at `answer_by`. `reply` is what the coach wrote, a link or words,
    for which `answer_minutes` were given, or the sentence of a no, whose reason is in `rules.states.DECLINES` and which
    may name another coach, `referred_to`.
    """

    __tablename__ = "asks"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint(among(EVERY_KIND, "kind"), name="kind"),
        CheckConstraint(among(PAYERS, "payer"), name="payer"),
        CheckConstraint(among(ORIGINS, "origin"), name="origin"),
        CheckConstraint(among(DECLINES, "decline_reason"), name="decline_reason"),
        CheckConstraint("minutes between 10 and 480", name="minutes"),
        CheckConstraint(f"points between 0 and {MOST_POINTS}", name="points"),
        CheckConstraint("price_cents > 0", name="price"),
        CheckConstraint("(status = 'answered') = (answer_minutes is not null)", name="answered"),
        CheckConstraint("(status = 'declined') = (decline_reason is not null)", name="declined"),
        CheckConstraint(
            "referred_to_id is null or status = 'declined' and referred_to_id <> coach_id", name="referred"
        ),
        CheckConstraint(f"({STATES.among(WAITING)}) = (ended_at is null)", name="ended"),
        Index("asks_inbox_idx", "coach_id", "id"),
        Index("asks_inbox_status_idx", "coach_id", "status", "id"),
        Index("asks_week_idx", "coach_id", "sent_at"),
        Index("asks_asker_idx", "asker_id", "id"),
        Index("asks_referred_idx", "referred_to_id", "ended_at", postgresql_where=text("referred_to_id is not null")),
        Index(
            "asks_answered_idx",
            "ended_at",
            postgresql_where=text("status = 'answered' and answer_minutes > 0"),
        ),
        Index("asks_waiting_idx", "answer_by", postgresql_where=text("status = 'open'")),
        Index("asks_one_open_idx", "coach_id", "asker_id", unique=True, postgresql_where=text(ONE_OPEN)),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    asker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    status: Mapped[Words] = mapped_column(default=OPEN)
    origin: Mapped[Words] = mapped_column(default=ASKED, server_default=ASKED)
    kind: Mapped[Words]
    about: Mapped[Words]
    not_about: Mapped[Words]
    tried: Mapped[Words]
    why_coach: Mapped[Words]
    aim: Mapped[Words]
    by_when: Mapped[date | None]
    minutes: Mapped[int]
    words_enough: Mapped[bool]
    payer: Mapped[Words]
    points: Mapped[int]
    price_cents: Mapped[Cents]
    currency: Mapped[Words]
    sent_at: Mapped[Instant] = mapped_column(default=clock.now)
    answer_by: Mapped[Instant]
    reminded_at: Mapped[Instant | None]
    # When the coach first quoted, answered or said no.
    answered_at: Mapped[Instant | None]
    reply: Mapped[Words | None]
    answer_minutes: Mapped[int | None]
    decline_reason: Mapped[Words | None]
    referred_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    ended_at: Mapped[Instant | None]

    coach: Mapped[Coach] = relationship(lazy="raise", foreign_keys=coach_id)
    asker: Mapped[User] = relationship(lazy="raise")
    referred_to: Mapped[Coach | None] = relationship(lazy="joined", foreign_keys=referred_to_id)

    @property
    def brief(self) -> Brief:
        """What was asked, as it is scored."""
        return Brief(
            kind=self.kind,
            about=self.about,
            not_about=self.not_about,
            tried=self.tried,
            why_coach=self.why_coach,
            aim=self.aim,
            by_when=self.by_when,
            minutes=self.minutes,
            words_enough=self.words_enough,
            payer=self.payer,
        )

    @property
    def brief_details(self) -> dict[str, str]:
        """The same beside what it is about, as a session's brief keeps it."""
        return session_briefs.kept({name: getattr(self, name) for name in session_briefs.DETAILS})


class AskSettings(Base):
    """How many asks a coach takes, the points that one has to have, and the coach's own sentences for saying no.

    A coach without a row takes asks as `Capacity` has it by default.
    """

    __tablename__ = "ask_settings"
    __table_args__ = (
        CheckConstraint(f"open_at_most between 0 and {MOST_OPEN}", name="open_at_most"),
        CheckConstraint(f"per_week between 0 and {MOST_PER_WEEK}", name="per_week"),
        CheckConstraint(f"least_points between 0 and {MOST_POINTS}", name="least_points"),
    )

    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True)
    open_at_most: Mapped[int] = mapped_column(default=USUAL_OPEN_AT_MOST)
    per_week: Mapped[int] = mapped_column(default=USUAL_PER_WEEK)
    closed_until: Mapped[date | None]
    least_points: Mapped[int] = mapped_column(default=USUAL_LEAST_POINTS)
    # By reason; a reason without one has the usual sentence.
    sentences: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    # Others who decline may name this coach.
    takes_referrals: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    @property
    def capacity(self) -> Capacity:
        """How many asks are taken."""
        return Capacity(self.open_at_most, self.per_week, self.closed_until)


class AskDraft(Base):
    """An ask of somebody without an account, kept for a day until the address is confirmed by a code.

    Only a keyed digest of the code is kept. `ask_id` is what became of it, or with `takes_place`, `place_id` the place
    in the queue that it waits in; `answered_by` names the earlier answer that is enough.
    """

    __tablename__ = "ask_drafts"

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(CITEXT)
    name: Mapped[Words]
    timezone: Mapped[Words]
    locale: Mapped[Words]
    written: Mapped[dict[str, Any]] = mapped_column(JSONB)
    code_digest: Mapped[Words]
    code_expires_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(default=0)
    takes_place: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
    ask_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("asks.id", ondelete="CASCADE"), index=True)
    answered_by: Mapped[Words | None]
    place_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("ask_queue_places.id", ondelete="CASCADE"), index=True
    )

    coach: Mapped[Coach] = relationship(lazy="raise")
