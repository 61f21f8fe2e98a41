"""What is not to be sent to whom."""

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Instant, Words
from marketplace.notifications.rules.kinds import OPTIONAL, REMINDERS

# Reminders are chosen by the hour, on the person.
DECLINABLE = tuple(name for name in OPTIONAL if name != REMINDERS)


class DeclinedMail(Base):
    """A kind of mail that an address is not sent."""

    __tablename__ = "declined_mails"
    __table_args__ = (CheckConstraint(f"kind in ({', '.join(repr(name) for name in DECLINABLE)})", name="kind"),)

    recipient: Mapped[str] = mapped_column(CITEXT, primary_key=True)
    kind: Mapped[Words] = mapped_column(primary_key=True)
    declined_at: Mapped[Instant] = mapped_column(default=clock.now)
