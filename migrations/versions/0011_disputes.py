"""Disputes: what a payer's bank asks back, and what we answer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.CheckConstraint("amount_cents > 0 and fee_cents >= 0", name="disputes_amounts_check"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="disputes_payment_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="disputes_pkey"),
        sa.UniqueConstraint("stripe_id", name="disputes_stripe_id_key"),
    )
    op.create_index("disputes_payment_id_idx", "disputes", ["payment_id"])
    op.create_index("disputes_status_idx", "disputes", ["status"])


def downgrade() -> None:
    op.drop_table("disputes")
