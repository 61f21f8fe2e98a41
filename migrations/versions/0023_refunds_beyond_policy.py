"""What admins give back beyond the policy, and at whose cost."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PAID = ("platform_paid_cents", "coach_paid_cents")


def upgrade() -> None:
    for name in PAID:
        op.add_column("bookings", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        op.alter_column("bookings", name, server_default=None)
    op.create_check_constraint("bookings_refunded_check", "bookings", "refunded_cents between 0 and price_cents")
    op.create_table(
        "refunds_beyond_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("coach_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cents > 0 and coach_cents between 0 and cents", name="refunds_beyond_policy_amounts_check"),
        sa.CheckConstraint("paid_by in ('coach', 'platform', 'split')", name="refunds_beyond_policy_paid_by_check"),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name="refunds_beyond_policy_booking_id_fkey", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["users.id"], name="refunds_beyond_policy_given_by_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="refunds_beyond_policy_pkey"),
    )
    op.create_index("refunds_beyond_policy_booking_id_idx", "refunds_beyond_policy", ["booking_id"])


def downgrade() -> None:
    op.drop_table("refunds_beyond_policy")
    op.drop_constraint("bookings_refunded_check", "bookings", type_="check")
    for name in PAID:
        op.drop_column("bookings", name)
