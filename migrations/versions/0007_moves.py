"""Moving a session in place, and what a coach proposes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bookings", sa.Column("refund_at_most_cents", sa.BigInteger(), nullable=True))
    op.create_table(
        "booking_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'proposed') = (decided_at is null)", name="booking_moves_decided_check"),
        sa.CheckConstraint("starts_at < ends_at", name="booking_moves_interval_check"),
        sa.CheckConstraint(
            "status in ('proposed', 'accepted', 'declined', 'withdrawn', 'lapsed', 'done')",
            name="booking_moves_status_check",
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name="booking_moves_booking_id_fkey", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name="booking_moves_proposed_by_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="booking_moves_pkey"),
    )
    op.create_index("booking_moves_booking_id_idx", "booking_moves", ["booking_id"])
    op.create_index(
        "booking_moves_one_open_idx",
        "booking_moves",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text("status = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table("booking_moves")
    op.drop_column("bookings", "refund_at_most_cents")
