"""Coaches, their offerings, and their schedules by name."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Computed, FetchedValue, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.coaches import rules
from marketplace.coaches.kinds.rules import EVERY_KIND, KINDS
from marketplace.coaches.rules import APPLIED, ONCE_APPROVED, STATES
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.states import among


class Coach(Base):
    """A person's profile as a coach. `status` moves by vetting: `rules.STATES`.

    Since `currency_withdrawn_at` the site does not offer the coach's currency: nothing of theirs can be booked.
    PostgreSQL itself keeps `words` (all of the profile, weighted) and `names` (name, handle, topics) for searches.
    """

    __tablename__ = "coaches"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint("handle ~ '^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$'", name="handle"),
        CheckConstraint("cardinality(kinds) > 0", name="kinds"),
        CheckConstraint("meeting_url like 'https://%'", name="meeting_url"),
        CheckConstraint("away_message <> '' and (away_message is not null or away_until is null)", name="away"),
        CheckConstraint("not ('therapist' = any(kinds)) or licence is not null", name="therapist_licensed"),
        CheckConstraint("jsonb_typeof(links) = 'array' and jsonb_array_length(links) <= 5", name="links"),
        Index("coaches_topics_idx", "topics", postgresql_using="gin"),
        Index("coaches_kinds_idx", "kinds", postgresql_using="gin"),
        Index("coaches_languages_idx", "languages", postgresql_using="gin"),
        Index("coaches_words_idx", "words", postgresql_using="gin"),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), unique=True)
    handle: Mapped[str] = mapped_column(CITEXT, unique=True)
    headline: Mapped[Words]
    about: Mapped[Words]
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    licence: Mapped[Words | None]
    links: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")
    timezone: Mapped[Words]
    currency: Mapped[Words]
    status: Mapped[Words] = mapped_column(default=APPLIED, index=True)
    applied_at: Mapped[Instant] = mapped_column(default=clock.now)
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    decision_reason: Mapped[Words | None]
    meeting_url: Mapped[Words | None]
    # Shown to mentees up to and including `away_until` on the coach's calendar; None: until it is removed.
    away_message: Mapped[Words | None]
    away_until: Mapped[date | None]
    currency_withdrawn_at: Mapped[Instant | None]
    # When what they offered as a sponsor was withdrawn; None: nothing was.
    sponsorship_ended_at: Mapped[Instant | None]
    # A Picture's; its addresses follow from it.
    portrait_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pictures.id", ondelete="RESTRICT"), index=True)
    words: Mapped[Any | None] = mapped_column(TSVECTOR, FetchedValue(), deferred=True)
    names: Mapped[Words | None] = mapped_column(FetchedValue(), deferred=True)

    user: Mapped[User] = relationship(foreign_keys=user_id, lazy="joined", innerjoin=True)

    @property
    def name(self) -> str:
        """The person's name."""
        return self.user.name

    @property
    def is_away(self) -> bool:
        """Is an away message to be shown today, on the coach's calendar?"""
        return self.away_message is not None and (
            self.away_until is None or clock.today(self.timezone) <= self.away_until
        )

    @property
    def was_approved(self) -> bool:
        """Do they coach here, or did they?"""
        return self.status in ONCE_APPROVED


class DirectoryTerm(Base):
    """How many approved coaches give a kind of help, name a topic, speak a language, or have a word in name or topics.

    PostgreSQL itself counts them.
    """

    __tablename__ = "directory_terms"
    __table_args__ = (
        Index("directory_terms_frequent_idx", "kind", text("coaches desc"), "term"),
        Index(
            "directory_terms_spelling_idx",
            "term",
            postgresql_using="gin",
            postgresql_ops={"term": "gin_trgm_ops"},
            postgresql_where=text("kind = 'word'"),
        ),
    )

    kind: Mapped[Words] = mapped_column(primary_key=True)
    term: Mapped[Words] = mapped_column(primary_key=True)
    coaches: Mapped[int]


class Schedule(Base):
    """A named set of a coach's hours. The usual one has the coach's own key; offerings that name none follow it."""

    __tablename__ = "schedules"
    __table_args__ = (UniqueConstraint("coach_id", "name"),)

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"))
    name: Mapped[Words]

    @property
    def is_usual(self) -> bool:
        """Is it what offerings follow that name no schedule?"""
        return self.id == self.coach_id


class Offering(Base):
    """What a coach sells: so many minutes of one kind of help at a price. Durations are minutes, hours, days."""

    __tablename__ = "offerings"
    __table_args__ = (
        Index(
            "offerings_price_idx",
            "currency",
            "price_cents",
            postgresql_include=["coach_id"],
            postgresql_where=text("active"),
        ),
        Index(
            "offerings_hourly_idx",
            "currency",
            text("(price_cents * 60 / minutes)"),
            "coach_id",
            postgresql_where=text("active"),
        ),
        CheckConstraint("minutes between 10 and 480", name="minutes"),
        CheckConstraint("price_cents > 0", name="price"),
        CheckConstraint("buffer_before_minutes between 0 and 240", name="buffer_before"),
        CheckConstraint("preparation_minutes between 0 and 240", name="preparation"),
        CheckConstraint(
            "not preparation_blocks or buffer_before_minutes >= preparation_minutes", name="preparation_blocks"
        ),
        CheckConstraint("not intro or minutes <= 30", name="intro"),
        CheckConstraint("buffer_after_minutes between 0 and 240", name="buffer_after"),
        CheckConstraint("notice_hours between 0 and 720", name="notice"),
        CheckConstraint("horizon_days between 1 and 365", name="horizon"),
        CheckConstraint(among(EVERY_KIND, "kind"), name="kind"),
        CheckConstraint(f"not active or {among(KINDS, 'kind')}", name="sold_kind"),
        CheckConstraint("start_step_minutes in (5, 10, 15, 20, 30, 60)", name="start_step"),
        CheckConstraint("max_per_day between 1 and 24", name="max_per_day"),
        CheckConstraint("max_per_week between 1 and 100", name="max_per_week"),
        CheckConstraint("max_minutes_per_week between 10 and 10080", name="max_minutes_per_week"),
        CheckConstraint("longest_streak_minutes between 10 and 1440", name="longest_streak"),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"), index=True)
    title: Mapped[Words]
    description: Mapped[Words] = mapped_column(default="")
    kind: Mapped[Words]
    minutes: Mapped[int]
    price_cents: Mapped[Cents]
    currency: Mapped[Words]
    by_approval: Mapped[bool] = mapped_column(default=False)
    # Part of what is paid for; where it blocks, the minutes before the session are at least as many.
    preparation_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    preparation_blocks: Mapped[bool] = mapped_column(default=False, server_default="false")
    # A short first session whose price is taken off the first full one.
    intro: Mapped[bool] = mapped_column(default=False, server_default="false")
    buffer_before_minutes: Mapped[int] = mapped_column(default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(default=0)
    notice_hours: Mapped[int] = mapped_column(default=12)
    horizon_days: Mapped[int] = mapped_column(default=60)
    start_step_minutes: Mapped[int] = mapped_column(default=15)
    max_per_day: Mapped[int | None]
    max_per_week: Mapped[int | None]
    max_minutes_per_week: Mapped[int | None]
    longest_streak_minutes: Mapped[int | None]
    schedule_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("schedules.id", ondelete="RESTRICT"), index=True)
    # None: the house's.
    policy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("policies.id", ondelete="RESTRICT"), index=True)
    # The same as `hours_id`, for PostgreSQL to join by.
    follows_id: Mapped[uuid.UUID | None] = mapped_column(
        Computed("coalesce(schedule_id, coach_id)", persisted=True), deferred=True
    )
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant] = mapped_column(default=clock.now)

    coach: Mapped[Coach] = relationship(lazy="raise")

    @property
    def hour_cents(self) -> int:
        """What an hour costs at its price, to the nearest minor unit."""
        return rules.hour_cents(self.price_cents, self.minutes)

    @property
    def hours_id(self) -> uuid.UUID:
        """The key of the schedule that it follows."""
        return self.schedule_id or self.coach_id
