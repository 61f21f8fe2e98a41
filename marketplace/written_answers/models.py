"""Written answers, their files, reports of them, and what lost disputes took."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.bookings.disputes.models import AMOUNTS, LossOfSale
from marketplace.coaches.models import Coach
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.files.models import StoredFile
from marketplace.payments.models import Payment
from marketplace.policies.rules import Terms
from marketplace.written_answers import rules


class WrittenAnswer(Base):
    """An answer that a mentee orders of a coach: price, fee and rules are copies. `status` moves by `rules.STATES`.

    `question` is what is asked. `answer` exists for the mentee from `delivered_at` on, when it is paid. While it is
    frozen it pays nobody: what it is worth is not agreed.
    """

    __tablename__ = "written_answers"
    __table_args__ = (
        CheckConstraint(rules.STATES.constraint(), name="status"),
        CheckConstraint("price_cents > 0", name="price"),
        CheckConstraint("minutes between 10 and 480", name="minutes"),
        CheckConstraint("fee_basis_points between 0 and 10000", name="fee"),
        CheckConstraint("refunded_cents between 0 and price_cents", name="refunded"),
        CheckConstraint(f"not ({rules.STATES.among(rules.WRITTEN)}) or answer is not null", name="answered"),
        CheckConstraint(f"({rules.STATES.among(rules.HANDED_OVER)}) = (delivered_at is not null)", name="delivered"),
        CheckConstraint("(follow_up is null) = (follow_up_at is null)", name="follow_up"),
        CheckConstraint("(follow_up_answer is null) = (follow_up_answered_at is null)", name="follow_up_answer"),
        CheckConstraint("released_at is null or delivered_at is not null", name="released"),
        Index("written_answers_coach_idx", "coach_id", "id"),
        Index("written_answers_mentee_idx", "mentee_id", "id"),
        Index("written_answers_unpaid_idx", "pay_until", postgresql_where=text("status = 'unpaid'")),
        Index("written_answers_due_idx", "deliver_by", postgresql_where=text(rules.STATES.among(rules.UNDER_WAY))),
        Index(
            "written_answers_unreleased_idx",
            "delivered_at",
            postgresql_where=text("status = 'delivered' and released_at is null"),
        ),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    mentee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"), unique=True)
    status: Mapped[Words] = mapped_column(default=rules.UNPAID)
    title: Mapped[Words]
    question: Mapped[Words]
    minutes: Mapped[int]
    price_cents: Mapped[Cents]
    currency: Mapped[Words]
    fee_basis_points: Mapped[int]
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    pay_until: Mapped[Instant]
    deliver_by: Mapped[Instant]
    created_at: Mapped[Instant] = mapped_column(default=clock.now)
    ordered_at: Mapped[Instant | None]
    reminded_at: Mapped[Instant | None]
    answer: Mapped[Words | None]
    submitted_at: Mapped[Instant | None]
    delivered_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    end_reason: Mapped[Words | None]
    follow_up: Mapped[Words | None]
    follow_up_at: Mapped[Instant | None]
    follow_up_reminded_at: Mapped[Instant | None]
    follow_up_answer: Mapped[Words | None]
    follow_up_answered_at: Mapped[Instant | None]
    refunded_cents: Mapped[Cents] = mapped_column(default=0)
    frozen_at: Mapped[Instant | None]
    released_at: Mapped[Instant | None]

    coach: Mapped[Coach] = relationship(lazy="raise")
    mentee: Mapped[User] = relationship(lazy="raise")
    payment: Mapped[Payment | None] = relationship(lazy="raise")

    @property
    def terms(self) -> Terms:
        """The rules under which it was ordered; the window for disputes is theirs."""
        return Terms.of(self.policy)

    @property
    def platform_paid_cents(self) -> int:
        """What the platform refunded at its own cost: nothing is refunded so."""
        return 0

    @property
    def coach_paid_cents(self) -> int:
        """What the coach refunded at their own cost: nothing is refunded so."""
        return 0


class AnswerFile(Base):
    """A file of a written answer, under the name that it is saved by. The same file is there once."""

    __tablename__ = "written_answer_files"
    __table_args__ = (UniqueConstraint("answer_id", "file_id"),)

    id: Mapped[Key]
    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("written_answers.id", ondelete="RESTRICT"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_files.id", ondelete="RESTRICT"), index=True)
    name: Mapped[Words]
    added_at: Mapped[Instant] = mapped_column(default=clock.now)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class AnswerReport(Base):
    """A mentee reports that what was delivered is no answer; once. `status` moves by `rules.REPORTS`.

    `words` are the mentee's, `answer_words` the coach's, who may answer until `answer_by`; contested, it waits for an
    admin.
    """

    __tablename__ = "written_answer_reports"
    __table_args__ = (
        CheckConstraint(rules.REPORTS.constraint(), name="status"),
        CheckConstraint(f"({rules.REPORTS.among(rules.UNSETTLED)}) = (settled_at is null)", name="settled"),
        Index("written_answer_reports_open_idx", "answer_by", postgresql_where=text("status = 'open'")),
        Index("written_answer_reports_contested_idx", "reported_at", postgresql_where=text("status = 'contested'")),
    )

    id: Mapped[Key]
    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("written_answers.id", ondelete="RESTRICT"), unique=True)
    status: Mapped[Words] = mapped_column(default=rules.OPEN)
    words: Mapped[Words]
    reported_at: Mapped[Instant] = mapped_column(default=clock.now)
    answer_by: Mapped[Instant]
    answer_words: Mapped[Words | None]
    answered_at: Mapped[Instant | None]
    settled_at: Mapped[Instant | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    settled_why: Mapped[Words | None]

    about: Mapped[WrittenAnswer] = relationship(lazy="raise")


class AnswerLoss(LossOfSale):
    """What a lost dispute took of a written answer."""

    __tablename__ = "written_answer_losses"
    __table_args__ = (
        CheckConstraint(AMOUNTS, name="amounts"),
        UniqueConstraint("dispute_id", "answer_id", name="written_answer_losses_once"),
    )

    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("written_answers.id", ondelete="RESTRICT"), index=True)
