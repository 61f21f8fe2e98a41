"""A file of a brief."""

import uuid

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.db import Base, Instant, Key, Words
from marketplace.files.models import StoredFile


class Attachment(Base):
    """A file that the mentee attached, under the name that it is saved by. The same file is there once."""

    __tablename__ = "booking_attachments"
    __table_args__ = (UniqueConstraint("booking_id", "file_id"),)

    id: Mapped[Key]
    booking_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bookings.id", ondelete="RESTRICT"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_files.id", ondelete="RESTRICT"), index=True)
    name: Mapped[Words]
    added_at: Mapped[Instant] = mapped_column(default=clock.now)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
