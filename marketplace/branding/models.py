"""The site's logo."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.db import Base, Instant
from marketplace.files.models import Picture


class SiteLogo(Base):
    """The logo, if there is one: at most one row."""

    __tablename__ = "site_logos"
    __table_args__ = (CheckConstraint("single", name="single"),)

    single: Mapped[bool] = mapped_column(primary_key=True, default=True)
    picture_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pictures.id", ondelete="RESTRICT"))
    set_at: Mapped[Instant] = mapped_column(default=clock.now)

    picture: Mapped[Picture] = relationship(lazy="joined", innerjoin=True)
