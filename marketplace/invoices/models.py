"""Who people are on paper, the numbers of each seller, and the documents."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace import clock
from marketplace.db import Base, Cents, Instant, Key, Words


class InvoiceDetails(Base):
    """How somebody is named on paper.

    For a coach also the tax that the prices contain (null: none is shown).
    """

    __tablename__ = "invoice_details"
    __table_args__ = (CheckConstraint("tax_basis_points between 0 and 5000", name="tax"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[Words] = mapped_column(default="")
    address: Mapped[Words] = mapped_column(default="")
    tax_id: Mapped[Words] = mapped_column(default="")
    tax_basis_points: Mapped[int | None]
    tax_note: Mapped[Words] = mapped_column(default="")
    changed_at: Mapped[Instant] = mapped_column(default=clock.now, onupdate=clock.now)


class InvoiceSeries(Base):
    """The numbers of one seller.

    The row is locked by whoever takes the next one, until that commits or rolls back.

    `seller_id` null is the platform itself.
    """

    __tablename__ = "invoice_series"
    __table_args__ = (CheckConstraint("last_number >= 0", name="last_number"),)

    id: Mapped[Key]
    seller_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), unique=True)
    prefix: Mapped[Words] = mapped_column(unique=True)
    last_number: Mapped[int] = mapped_column(default=0)


class Invoice(Base):
    """One document: append-only, unique by the fact (`key`) and by its number.

    `content` is all that it says.

    Amounts are never negative, the kind says which way they go. `corrects_id` is the invoice that a credit note
    credits, or the credit note that a reversal cancels.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("series_id", "number", name="invoices_number_key"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("kind in ('invoice', 'credit_note', 'reversal')", name="kind"),
        CheckConstraint("net_cents >= 0 and tax_cents >= 0 and gross_cents > 0", name="amounts"),
        CheckConstraint("net_cents + tax_cents = gross_cents", name="sum"),
        Index("invoices_buyer_idx", "buyer_id", "id"),
        Index("invoices_seller_idx", "seller_id", "id"),
        Index("invoices_issued_idx", "issued_at"),
    )

    id: Mapped[Key]
    key: Mapped[Words] = mapped_column(unique=True)
    kind: Mapped[Words]
    series_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice_series.id", ondelete="RESTRICT"))
    number: Mapped[int]
    label: Mapped[Words] = mapped_column(unique=True)
    seller_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    buyer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"), index=True)
    corrects_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id", ondelete="RESTRICT"))
    issued_at: Mapped[Instant] = mapped_column(default=clock.now)
    currency: Mapped[Words]
    net_cents: Mapped[Cents]
    tax_cents: Mapped[Cents]
    gross_cents: Mapped[Cents]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)

    corrects: Mapped["Invoice | None"] = relationship(remote_side="Invoice.id", lazy="joined")
