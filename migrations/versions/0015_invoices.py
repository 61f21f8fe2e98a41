"""Invoices: who people are on paper, each seller's numbers, and documents that nobody changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoice_details",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("tax_basis_points", sa.Integer(), nullable=True),
        sa.Column("tax_note", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tax_basis_points between 0 and 5000", name="invoice_details_tax_check"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="invoice_details_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="invoice_details_pkey"),
    )
    op.create_table(
        "invoice_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=True),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number >= 0", name="invoice_series_last_number_check"),
        sa.ForeignKeyConstraint(["seller_id"], ["users.id"], name="invoice_series_seller_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="invoice_series_pkey"),
        sa.UniqueConstraint("prefix", name="invoice_series_prefix_key"),
        sa.UniqueConstraint("seller_id", name="invoice_series_seller_id_key"),
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=True),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("number > 0", name="invoices_number_check"),
        sa.CheckConstraint("kind in ('invoice', 'credit_note', 'reversal')", name="invoices_kind_check"),
        sa.CheckConstraint("net_cents >= 0 and tax_cents >= 0 and gross_cents > 0", name="invoices_amounts_check"),
        sa.CheckConstraint("net_cents + tax_cents = gross_cents", name="invoices_sum_check"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["invoice_series.id"], name="invoices_series_id_fkey", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["users.id"], name="invoices_seller_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["buyer_id"], ["users.id"], name="invoices_buyer_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="invoices_payment_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["invoices.id"], name="invoices_corrects_id_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="invoices_pkey"),
        sa.UniqueConstraint("key", name="invoices_key_key"),
        sa.UniqueConstraint("label", name="invoices_label_key"),
        sa.UniqueConstraint("series_id", "number", name="invoices_number_key"),
    )
    op.create_index("invoices_buyer_idx", "invoices", ["buyer_id", "id"])
    op.create_index("invoices_seller_idx", "invoices", ["seller_id", "id"])
    op.create_index("invoices_issued_idx", "invoices", ["issued_at"])
    op.create_index("invoices_payment_id_idx", "invoices", ["payment_id"])
    op.execute(
        "create trigger invoices_append_only before update or delete or truncate on invoices "
        "for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("invoices")
    op.drop_table("invoice_series")
    op.drop_table("invoice_details")
