"""Accounts and entries. One entry moves cents from one credit account to one debit account of the same currency."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Cents, Instant, Key, Words


class LedgerAccount(Base):
    """A named account in one currency."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("name", "currency"),
        UniqueConstraint("id", "currency"),
    )

    id: Mapped[Key]
    name: Mapped[Words]
    currency: Mapped[Words]


class Entry(Base):
    """One fact booked: append-only, unique by `key`, its two accounts in its own currency."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("cents > 0", name="cents_positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        ForeignKeyConstraint(
            ["debit_id", "currency"],
            ["ledger_accounts.id", "ledger_accounts.currency"],
            name="ledger_entries_debit_fkey",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["credit_id", "currency"],
            ["ledger_accounts.id", "ledger_accounts.currency"],
            name="ledger_entries_credit_fkey",
            ondelete="RESTRICT",
        ),
        Index("ledger_entries_debit_idx", "debit_id", postgresql_include=["cents"]),
        Index("ledger_entries_credit_idx", "credit_id", postgresql_include=["cents"]),
    )

    id: Mapped[Key]
    key: Mapped[Words] = mapped_column(unique=True)
    debit_id: Mapped[uuid.UUID]
    credit_id: Mapped[uuid.UUID]
    cents: Mapped[Cents]
    currency: Mapped[Words]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    source: Mapped[Words | None] = mapped_column(index=True)
    booked_at: Mapped[Instant] = mapped_column(default=clock.now, index=True)
