"""What stands on coaches' shelves."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.coaches.shelf.rules import KINDS_OF_ITEM
from marketplace.coaches.words.rules import joined, vector
from marketplace.db import Base, Instant, Key, Words
from marketplace.states import among


class ShelfItem(Base):
    """A book, talk or post; `position` orders the coach's shelf, `helped` counts whom it answered before they asked."""

    __tablename__ = "shelf_items"
    __table_args__ = (
        CheckConstraint(among(KINDS_OF_ITEM, "kind"), name="kind"),
        CheckConstraint("url ~ '^https?://'", name="url"),
        CheckConstraint("helped >= 0", name="helped"),
        UniqueConstraint("coach_id", "position", deferrable=True, initially="DEFERRED"),
        Index("shelf_items_words_idx", "words", postgresql_using="gin"),
        Index("shelf_items_sought_idx", "sought", postgresql_using="gin", postgresql_ops={"sought": "gin_trgm_ops"}),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"))
    kind: Mapped[Words]
    title: Mapped[Words]
    url: Mapped[Words]
    line: Mapped[Words]
    language: Mapped[Words]
    position: Mapped[int]
    helped: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[Instant] = mapped_column(default=clock.now)
    words: Mapped[Any] = mapped_column(TSVECTOR, Computed(vector("title", "line")), deferred=True)
    sought: Mapped[Words] = mapped_column(Computed(f"lower({joined('title', 'line')})"), deferred=True)
