"""Accounts, entries, and sums of them. One entry moves cents from credit to debit."""

import uuid
from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock
from marketplace.db import Base, Cents, Instant, Key, Words


class LedgerAccount(Base):
    """A named account in one currency.

    `kind` is what stands before the colon of its name: coach of 'coach:<id>'.
    """

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("name", "currency"),
        UniqueConstraint("id", "currency"),
        Index("ledger_accounts_kind_idx", "kind", "currency"),
        Index("ledger_accounts_front_idx", "name", postgresql_ops={"name": "text_pattern_ops"}),
    )

    id: Mapped[Key]
    name: Mapped[Words]
    currency: Mapped[Words]
    kind: Mapped[Words] = mapped_column(Computed("split_part(name, ':', 1)", persisted=True))


class Entry(Base):
    """One fact booked: append-only, unique by `key`, its two accounts in its own currency.

    `seq` is given out when the row is inserted, so it is not the order of commits; see `Closing`.
    """

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
        Index("ledger_entries_debit_idx", "debit_id", "booked_at", "seq", postgresql_include=["cents"]),
        Index("ledger_entries_credit_idx", "credit_id", "booked_at", "seq", postgresql_include=["cents"]),
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
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), index=True)


class Closing(Base):
    """Every entry up to `through_seq` is in the sums below, and none after it. Append-only."""

    __tablename__ = "ledger_closings"

    id: Mapped[Key]
    through_seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    closed_at: Mapped[Instant] = mapped_column(default=clock.now)


class _Sums:
    """What closed entries moved on the two sides, in cents, and how many they are."""

    debit_cents: Mapped[Cents]
    credit_cents: Mapped[Cents]
    entries: Mapped[int] = mapped_column(BigInteger)


class ClosedBalance(_Sums, Base):
    """An account's closed entries of all time."""

    __tablename__ = "ledger_closed_balances"

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ledger_accounts.id", ondelete="RESTRICT"), primary_key=True
    )


class ClosedDay(_Sums, Base):
    """An account's closed entries of one day (UTC)."""

    __tablename__ = "ledger_closed_days"

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ledger_accounts.id", ondelete="RESTRICT"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)


class ClosedMonth(_Sums, Base):
    """The closed entries of one kind and currency in the month (UTC) that begins on `month`."""

    __tablename__ = "ledger_closed_months"

    month: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[Words] = mapped_column(primary_key=True)
    currency: Mapped[Words] = mapped_column(primary_key=True)
