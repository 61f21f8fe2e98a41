"""The ledger of unpaid minutes, and the timers that run."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Cents, Instant, Key, Words
from marketplace.states import among
from marketplace.unpaid_time.rules.minutes import BY_HAND, KINDS, LONGEST_NOTE, SOURCES


class UnpaidEntry(Base):
    """So many minutes that a coach gave away on a day of their own calendar, with their value by the rate card then.

    Append-only by a trigger, but for the note, which may be blanked. `key` says which fact it is. What was wrong is
    reversed by a row with the same minutes and value below zero, once.
    """

    __tablename__ = "unpaid_entries"
    __table_args__ = (
        CheckConstraint(among(KINDS, "kind"), name="kind"),
        CheckConstraint(among(SOURCES, "source"), name="source"),
        CheckConstraint(
            "case when reverses_id is null then minutes > 0 and value_cents >= 0 "
            "else minutes < 0 and value_cents <= 0 end",
            name="sign",
        ),
        CheckConstraint(f"length(note) <= {LONGEST_NOTE}", name="note"),
        Index("unpaid_entries_day_idx", "coach_id", "day"),
        Index("unpaid_entries_list_idx", "coach_id", "id"),
        Index("unpaid_entries_received_idx", "receiver_id", "day", postgresql_where=text("receiver_id is not null")),
    )

    id: Mapped[Key]
    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="RESTRICT"))
    key: Mapped[Words] = mapped_column(unique=True)
    kind: Mapped[Words]
    source: Mapped[Words]
    minutes: Mapped[int]
    value_cents: Mapped[Cents]
    currency: Mapped[Words]
    day: Mapped[date]
    note: Mapped[Words] = mapped_column(default="")
    # The ask or the session that it is about, and who had something of it.
    subject_id: Mapped[uuid.UUID | None]
    receiver_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    reverses_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("unpaid_entries.id", ondelete="RESTRICT"), unique=True
    )
    created_at: Mapped[Instant] = mapped_column(default=clock.now)


class UnpaidTimer(Base):
    """A timer that runs: one for a coach, whoever is signed in where."""

    __tablename__ = "unpaid_timers"
    __table_args__ = (CheckConstraint(among(BY_HAND, "kind"), name="kind"),)

    coach_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True)
    # Of the entry that it becomes.
    entry_id: Mapped[uuid.UUID]
    kind: Mapped[Words]
    note: Mapped[Words]
    started_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
