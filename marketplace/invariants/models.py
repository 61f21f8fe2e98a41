"""What the latest evaluation of each invariant found."""

from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, Instant, Words


class InvariantResult(Base):
    """One invariant by its name. `broken_since` is the first evaluation that found it broken, null while it holds.

    `told_at` is when admins were told so. `offenders` are the first violations: kind, id, said, since.
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
        """Did it hold when it was last evaluated?"""
        return self.broken_since is None
