"""What the sweeps found."""

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Key


class Sweep(Base):
    """One sweep: how many of each kind in `rules.KINDS` it found and took up, and which it could not look for."""

    __tablename__ = "sweeps"

    id: Mapped[Key]
    began_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
    took_ms: Mapped[int]
    found: Mapped[dict[str, int]] = mapped_column(JSONB)
    failures: Mapped[dict[str, str]] = mapped_column(JSONB)
