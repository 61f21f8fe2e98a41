"""Acts of sponsorship."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.coaches.models import Coach
from marketplace.db import Base, Instant, Key, Words
from marketplace.sponsorships import rules
from marketplace.sponsorships.rules import ACTS, CONFIRMED, OPEN, RECORDED, STATES
from marketplace.states import among


class Sponsorship(Base):
    """What a coach did for somebody's career, unpaid. `person_id` is whom it was for, once they have confirmed it.

    Until then it is whoever has confirmed the address `email`. Only `transitions` assigns `status`.
    """

    __tablename__ = "sponsorships"
    __table_args__ = (
        CheckConstraint(STATES.constraint(), name="status"),
        CheckConstraint(among(ACTS, "act"), name="act"),
        CheckConstraint("status <> 'confirmed' or person_id is not null", name="confirmed_by_somebody"),
        Index("sponsorships_coach_idx", "coach_id", "id"),
        Index("sponsorships_person_idx", "person_id", "id"),
        Index("sponsorships_email_idx", "email", "id"),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    email: Mapped[str] = mapped_column(CITEXT)
    status: Mapped[Words] = mapped_column(default=RECORDED)
    act: Mapped[Words]
    what: Mapped[Words]
    happened_on: Mapped[date]
    recorded_at: Mapped[Instant] = mapped_column(default=clock.now)
    decided_at: Mapped[Instant | None]
    sponsor_agrees: Mapped[bool] = mapped_column(default=False)
    person_agrees: Mapped[bool] = mapped_column(default=False)

    coach: Mapped[Coach] = relationship(lazy="raise")
    person: Mapped[User | None] = relationship(lazy="raise")

    @property
    def is_public(self) -> bool:
        """May everybody read it?"""
        return rules.is_public(self.status, sponsor_agrees=self.sponsor_agrees, person_agrees=self.person_agrees)

    @property
    def is_open(self) -> bool:
        """May either side still say something of it?"""
        return self.status in OPEN

    @property
    def confirmed_by(self) -> str | None:
        """The name of whom it was for, once they have said that it was so."""
        return self.person.name if self.person is not None and self.status == CONFIRMED else None
