"""Keeping one coach's payouts back, with a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payout_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name="payout_holds_reason_check"),
        sa.CheckConstraint("(released_at is null) = (released_by is null)", name="payout_holds_released_check"),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="payout_holds_coach_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["placed_by"], ["users.id"], name="payout_holds_placed_by_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["released_by"], ["users.id"], name="payout_holds_released_by_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="payout_holds_pkey"),
    )
    op.create_index("payout_holds_coach_id_idx", "payout_holds", ["coach_id"])
    op.create_index(
        "payout_holds_one_open_idx",
        "payout_holds",
        ["coach_id"],
        unique=True,
        postgresql_where=sa.text("released_at is null"),
    )


def downgrade() -> None:
    op.drop_table("payout_holds")
