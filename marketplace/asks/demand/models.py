"""Searches without a hit."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.asks.demand.rules import LONGEST
from marketplace.db import Base, Words


class SearchMiss(Base):
    """On one day, how many visitors looked for a topic in a language and found nobody. Of nobody in particular."""

    __tablename__ = "search_misses"
    __table_args__ = (
        CheckConstraint(f"length(topic) between 1 and {LONGEST}", name="topic"),
        CheckConstraint("length(language) <= 40", name="language"),
        CheckConstraint("searches > 0", name="searches"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    topic: Mapped[Words] = mapped_column(primary_key=True)
    language: Mapped[Words] = mapped_column(primary_key=True)
    searches: Mapped[int]
