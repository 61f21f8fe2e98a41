"""Files as they are kept, and pictures in their sizes."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Key, Words
from marketplace.files.rules.stores import POSTGRESQL, STORES
from marketplace.files.rules.uploads import FORMS
from marketplace.states import among


class StoredFile(Base):
    """The bytes of one SHA-256, kept once. `data` where PostgreSQL keeps them, else `store` does, under `name`.

    `kept_at` is null until the store has answered that it has them; `used_at` is when they were last sent by anybody.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size_bytes > 0", name="size"),
        CheckConstraint(among(STORES, "store"), name="store"),
        CheckConstraint(f"(store = '{POSTGRESQL}') = (data is not null)", name="data"),
    )

    id: Mapped[Key]
    sha256: Mapped[Words] = mapped_column(unique=True)
    content_type: Mapped[Words]
    size_bytes: Mapped[int]
    store: Mapped[Words]
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    kept_at: Mapped[Instant | None]
    used_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
    created_at: Mapped[Instant] = mapped_column(default=clock.now)

    @property
    def name(self) -> str:
        """Where a folder or a bucket keeps it: a row that comes after this one has another name there."""
        return f"{self.sha256}-{self.id.hex}"


class Picture(Base):
    """One picture in three sizes, the same row for the same three. It never changes, so its addresses do not either.

    `width` and `height` are the largest one's, in pixels.
    """

    __tablename__ = "pictures"
    __table_args__ = (
        UniqueConstraint("small_id", "medium_id", "large_id"),
        CheckConstraint(among(sorted(FORMS), "form"), name="form"),
    )

    id: Mapped[Key]
    form: Mapped[Words]
    small_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_files.id", ondelete="RESTRICT"))
    medium_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_files.id", ondelete="RESTRICT"), index=True)
    large_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_files.id", ondelete="RESTRICT"), index=True)
    width: Mapped[int]
    height: Mapped[int]
    used_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
    created_at: Mapped[Instant] = mapped_column(default=clock.now)

    @property
    def shown_width(self) -> int:
        """Pixels of a page that it is wide, where its smallest size fills its box."""
        return max(1, round(self.width * self._share))

    @property
    def shown_height(self) -> int:
        """The same for its height."""
        return max(1, round(self.height * self._share))

    @property
    def _share(self) -> float:
        width, height = FORMS[self.form].boxes[0]
        return min(1.0, width / self.width, height / self.height)
