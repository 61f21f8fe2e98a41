"""People, their roles and their access tokens."""

import uuid
from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT, JSONB
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from marketplace import authority, clock, config
from marketplace.db import Base, Instant, Key, Words
from marketplace.languages import Preferences

roles_users = Table(
    "roles_users",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id", ondelete="RESTRICT"), primary_key=True),
)


class Role(RoleMixin, Base):
    """'coach' or 'admin'. Everybody is a mentee."""

    __tablename__ = "roles"

    id: Mapped[Key]  # type: ignore[assignment]
    name: Mapped[Words] = mapped_column(unique=True)
    description: Mapped[Words | None]


class User(UserMixin, Base):
    """A person who can sign in."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("reminders in ('both', 'day', 'hour', 'none')", name="reminders"),
        CheckConstraint("hour_cycle in ('', 'h12', 'h23')", name="hour_cycle"),
        CheckConstraint("first_weekday between 0 and 6", name="first_weekday"),
        Index("users_words_idx", "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
        Index("users_name_idx", "name", "id"),
    )

    id: Mapped[Key]  # type: ignore[assignment]  # the mixin was written for counters
    email: Mapped[str] = mapped_column(CITEXT, unique=True)
    name: Mapped[Words]
    timezone: Mapped[Words] = mapped_column(default="UTC")
    reminders: Mapped[Words] = mapped_column(default="both")
    # How they read; '' and null: as their browser says, and their locale has it.
    locale: Mapped[Words] = mapped_column(default="")
    hour_cycle: Mapped[Words] = mapped_column(default="")
    first_weekday: Mapped[int | None] = mapped_column(SmallInteger)
    password: Mapped[Words | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[Words] = mapped_column(unique=True)
    confirmed_at: Mapped[Instant | None]
    last_login_at: Mapped[Instant | None]  # type: ignore[assignment]
    current_login_at: Mapped[Instant | None]  # type: ignore[assignment]
    last_login_ip: Mapped[Words | None]
    current_login_ip: Mapped[Words | None]
    login_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    # Name and address in small letters, for searches; PostgreSQL itself keeps them.
    words: Mapped[Words] = mapped_column(Computed("lower(name || ' ' || email::text)"), deferred=True)
    # The second factor, as Flask-Security names it: encrypted, and the step of the last code that was taken.
    tf_primary_method: Mapped[Words | None]
    tf_totp_secret: Mapped[Words | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(ARRAY(Text)))
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    # Whether a passkey is asked for after the password; of admins it is, and where there is an authenticator.
    passkey_after_password: Mapped[bool] = mapped_column(default=False)
    # Nobody is sent codes.
    tf_phone_number = None

    # Read when they are asked for: of most people whom a row names, nobody does.
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=roles_users, lazy="select"
    )

    @property
    def preferences(self) -> Preferences:
        """How what is written to them is written: their own locale, or that of the site."""
        return Preferences(self.locale or config.current().default_locale, self.hour_cycle, self.first_weekday)

    @property
    def is_admin(self) -> bool:
        """Whether they may see every cent: an admin who has shown enough for that here (`authority`)."""
        return bool(self.has_role("admin")) and authority.held()


class AccessToken(Base):
    """A personal access token for the API. Only the SHA-256 of it is kept."""

    __tablename__ = "access_tokens"

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("access_tokens.id", ondelete="CASCADE"), index=True)
    name: Mapped[Words]
    hint: Mapped[Words]
    digest: Mapped[Words] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    expires_at: Mapped[Instant]
    last_used_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]

    user: Mapped[User] = relationship(lazy="raise")


class FeedToken(Base):
    """The secret address of a person's sessions as a calendar, on one side of them. Only its SHA-256 is kept."""

    __tablename__ = "feed_tokens"
    __table_args__ = (
        CheckConstraint("side in ('coach', 'mentee')", name="side"),
        Index("feed_tokens_one_live_idx", "user_id", "side", unique=True, postgresql_where=text("revoked_at is null")),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    side: Mapped[Words]
    digest: Mapped[Words] = mapped_column(unique=True)
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    revoked_at: Mapped[Instant | None]

    user: Mapped[User] = relationship(lazy="raise")


class IdempotentRequest(Base):
    """What a person's request with an `Idempotency-Key` was answered, to answer a repetition alike."""

    __tablename__ = "idempotent_requests"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        CheckConstraint("(status is null) = (body is null)", name="answered_whole"),
    )

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[Words]
    fingerprint: Mapped[Words]
    http_status: Mapped[int | None] = mapped_column("status")
    body: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
