"""Sessions: one row for each browser in which somebody signed in."""

import uuid

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import Base, Instant, Key, Words


class UserSession(Base):
    """One browser in which a person signed in. Only the SHA-256 of the secret in its cookies is kept."""

    __tablename__ = "user_sessions"
    __table_args__ = (Index("user_sessions_live_idx", "user_id", postgresql_where=text("ended_at is null")),)

    id: Mapped[Key]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[Words] = mapped_column(unique=True)
    user_agent: Mapped[Words]
    place: Mapped[Words]
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    last_seen_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
    ended_at: Mapped[Instant | None]

    user: Mapped[User] = relationship(lazy="raise")
