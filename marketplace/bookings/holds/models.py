"""A hold that was asked for by somebody who had to sign up first."""

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Key, Words


class KeptRequest(Base):
    """What a visitor typed to hold a time: kept for two days, under a key that only the visitor has."""

    __tablename__ = "kept_requests"

    id: Mapped[Key]
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offerings.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[Instant]
    brief: Mapped[Words]
    policy_version: Mapped[uuid.UUID | None]
    client_place: Mapped[Words | None]
    kept_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
