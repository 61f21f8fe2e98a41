"""For whom an earlier answer was enough."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Key, Words


class Deflection(Base):
    """One person whom one published answer or shelf item was enough for, so that no ask was sent.

    Counted in `helped` of what it was. A person is an account, an address that a code has confirmed, or both.
    `address_digest` is that of `rules`.
    """

    __tablename__ = "deflections"
    __table_args__ = (
        CheckConstraint("(published_answer_id is null) <> (shelf_item_id is null)", name="source"),
        UniqueConstraint("published_answer_id", "address_digest"),
        UniqueConstraint("shelf_item_id", "address_digest"),
        UniqueConstraint("published_answer_id", "user_id"),
        UniqueConstraint("shelf_item_id", "user_id"),
    )

    id: Mapped[Key]
    published_answer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("published_answers.id", ondelete="CASCADE")
    )
    shelf_item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("shelf_items.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    address_digest: Mapped[Words]
    counted_at: Mapped[Instant] = mapped_column(default=clock.now)
