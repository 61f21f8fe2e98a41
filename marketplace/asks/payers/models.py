"""Who pays a quote."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.asks.quotes.models import Quote
from marketplace.db import Base, Instant, Words


class QuotePayer(Base):
    """Who pays a quote, as its documents name them, and the link by which somebody else than the asker pays.

    Without a name, documents name the asker's account. Of the link only a digest is kept: null since it was withdrawn.
    `generation` counts up with each new one; `purpose` is what its asker releases of what it is for.
    """

    __tablename__ = "quote_payers"
    __table_args__ = (
        CheckConstraint("generation >= 0", name="generation"),
        CheckConstraint("digest is null or purpose <> '' and generation > 0", name="link"),
    )

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quotes.id", ondelete="RESTRICT"), primary_key=True)
    purpose: Mapped[Words] = mapped_column(default="")
    name: Mapped[Words] = mapped_column(default="")
    address: Mapped[Words] = mapped_column(default="")
    tax_id: Mapped[Words] = mapped_column(default="")
    reference: Mapped[Words] = mapped_column(default="")
    email: Mapped[str] = mapped_column(CITEXT, default="")
    locale: Mapped[Words] = mapped_column(default="")
    generation: Mapped[int] = mapped_column(default=0)
    digest: Mapped[Words | None] = mapped_column(unique=True)
    changed_at: Mapped[Instant] = mapped_column(default=clock.now)

    quote: Mapped[Quote] = relationship(lazy="raise")

    @property
    def has_link(self) -> bool:
        """Can somebody else than the asker pay?"""
        return self.digest is not None
