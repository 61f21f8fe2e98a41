"""Answers that coaches publish."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.asks.models import Ask
from marketplace.asks.published_answers import rules
from marketplace.asks.published_answers.rules import ALLOWED, STATES, WRITTEN
from marketplace.coaches.models import Coach
from marketplace.coaches.words.rules import vector
from marketplace.db import Base, Instant, Key, Words


class PublishedAnswer(Base):
    """The public text of one answered ask: written by its coach, public once its asker has released exactly that.

    `status` moves by `rules.STATES`. `released` is all of the text as the asker released it last; PostgreSQL refuses a
    public text that differs from it. `helped` counts those who say that it answered them before they asked.
    """

    __tablename__ = "published_answers"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint(
            "status <> 'published' or released is not null "
            "and released = title || chr(31) || question || chr(31) || answer",
            name="released",
        ),
        CheckConstraint("(status = 'published') = (published_at is not null)", name="published"),
        CheckConstraint(f"not ({STATES.among(WRITTEN)}) or title <> '' and answer <> ''", name="written"),
        CheckConstraint("helped >= 0", name="helped"),
        Index(
            "published_answers_public_idx", "coach_id", "published_at", postgresql_where=text("status = 'published'")
        ),
        Index("published_answers_words_idx", "words", postgresql_using="gin"),
        Index(
            "published_answers_sought_idx", "sought", postgresql_using="gin", postgresql_ops={"sought": "gin_trgm_ops"}
        ),
    )

    id: Mapped[Key]
    ask_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("asks.id", ondelete="RESTRICT"), unique=True)
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"), index=True)
    status: Mapped[Words] = mapped_column(default=ALLOWED)
    language: Mapped[Words]
    title: Mapped[Words] = mapped_column(default="")
    question: Mapped[Words] = mapped_column(default="")
    answer: Mapped[Words] = mapped_column(default="")
    released: Mapped[Words | None]
    allowed_at: Mapped[Instant] = mapped_column(default=clock.now)
    published_at: Mapped[Instant | None]
    helped: Mapped[int] = mapped_column(default=0)
    words: Mapped[Any] = mapped_column(TSVECTOR, Computed(vector("title", "question", "answer")), deferred=True)
    sought: Mapped[Words] = mapped_column(Computed("lower(title)"), deferred=True)

    ask: Mapped[Ask] = relationship(lazy="raise")
    coach: Mapped[Coach] = relationship(lazy="raise")

    @property
    def version(self) -> str:
        """The name of its present text."""
        return rules.version(self.title, self.question, self.answer)
