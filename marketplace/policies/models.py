"""A policy and its versions; a version is never changed, another one follows it."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import CITEXT, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.db import Base, Instant, Key
from marketplace.policies.rules import Terms


class Policy(Base):
    """Rules of cancelling and moving that a coach may choose by name. Offerings that name none follow the house's."""

    __tablename__ = "policies"
    __table_args__ = (
        Index("policies_one_house_idx", "is_house", unique=True, postgresql_where=text("is_house")),
        CheckConstraint("not (is_house and retired_at is not null)", name="house_stays"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(CITEXT, unique=True)
    is_house: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    retired_at: Mapped[Instant | None]


class PolicyVersion(Base):
    """What a policy says from `made_at` until its next version. `tiers` are [hours before, percent back], falling."""

    __tablename__ = "policy_versions"
    __table_args__ = (
        UniqueConstraint("policy_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("grace_minutes between 0 and 1440", name="grace"),
        CheckConstraint("reschedules between 0 and 10 and reschedule_hours between 0 and 720", name="moves"),
        CheckConstraint("tiers -> 0 ->> 1 = '100'", name="all_back_once"),
    )

    id: Mapped[Key]
    policy_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("policies.id", ondelete="RESTRICT"))
    number: Mapped[int]
    tiers: Mapped[list[Any]] = mapped_column(JSONB)
    grace_minutes: Mapped[int]
    reschedules: Mapped[int]
    reschedule_hours: Mapped[int]
    made_at: Mapped[Instant] = mapped_column(default=clock.now)
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))

    policy: Mapped[Policy] = relationship(lazy="joined", innerjoin=True)

    def terms(self, *, dispute_window_hours: int, request_hours: int) -> Terms:
        """What a booking made now would keep; the two hours are the house's whatever the policy."""
        return Terms(
            tiers=tuple((hours, percent) for hours, percent in self.tiers),
            grace_minutes=self.grace_minutes,
            dispute_window_hours=dispute_window_hours,
            request_hours=request_hours,
            reschedules=self.reschedules,
            reschedule_hours=self.reschedule_hours,
            name=self.policy.name,
            version=self.number,
        )
