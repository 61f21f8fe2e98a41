"""What the last look at each invariant found, comparisons of the books, and what sweeps found."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Key, Words


class CheckResult(Base):
    """One invariant by its name. `broken_since` is the first look that found it broken, null while it is well.

    `told_at` is when admins were told so. `offenders` are the first things that break it: kind, id, said, since.
    """

    __tablename__ = "check_results"

    name: Mapped[Words] = mapped_column(primary_key=True)
    looked_at: Mapped[Instant | None]
    took_ms: Mapped[int] = mapped_column(default=0)
    count: Mapped[int] = mapped_column(default=0)
    offenders: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    failure: Mapped[Words | None]
    broken_since: Mapped[Instant | None]
    told_at: Mapped[Instant | None]

    @property
    def well(self) -> bool:
        """Was it so when anybody last looked?"""
        return self.broken_since is None


class Comparison(Base):
    """Our books compared with Stripe's: from `since` on, or all of them. Asked for by an admin, or nightly.

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
        """Was every cent where both say it is?"""
        return self.finished_at is not None and self.failure is None and not self.differences


class Sweep(Base):
    """One sweep of what hangs: how many of each kind it found and took up, by their names in `rules.SWEPT`."""

    __tablename__ = "sweeps"

    id: Mapped[Key]
    began_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
    took_ms: Mapped[int]
    found: Mapped[dict[str, int]] = mapped_column(JSONB)
    failures: Mapped[dict[str, str]] = mapped_column(JSONB)
