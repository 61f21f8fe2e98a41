"""Reconciliations that were asked for, and what they found."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Key, Words


class Reconciliation(Base):
    """The ledger compared with Stripe: from `since` on, or all of it. Asked for by an admin, or nightly.

    `differences`: source, currency, ledger_cents, stripe_cents. `failure` is why it could not be made.
    """

    __tablename__ = "comparisons"

    id: Mapped[Key]
    since: Mapped[Instant | None]
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    asked_at: Mapped[Instant] = mapped_column(default=clock.now)
    finished_at: Mapped[Instant | None] = mapped_column(index=True)
    compared: Mapped[int] = mapped_column(default=0)
    differences: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    failure: Mapped[Words | None]

    @property
    def agrees(self) -> bool:
        """Do both say the same of every cent?"""
        return self.finished_at is not None and self.failure is None and not self.differences
