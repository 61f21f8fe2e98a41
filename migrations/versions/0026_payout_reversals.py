"""What admins take back of payouts, with a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payout_reversals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("cents > 0", name="payout_reversals_cents_check"),
        sa.CheckConstraint("reason <> ''", name="payout_reversals_reason_check"),
        sa.CheckConstraint("status in ('intended', 'made', 'failed')", name="payout_reversals_status_check"),
        sa.CheckConstraint(
            "(status = 'made') = (stripe_id is not null) and (status = 'made') = (made_at is not null)",
            name="payout_reversals_made_check",
        ),
        sa.CheckConstraint("(status = 'failed') = (failure is not null)", name="payout_reversals_failed_check"),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payouts.id"], name="payout_reversals_payout_id_fkey", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name="payout_reversals_asked_by_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="payout_reversals_pkey"),
        sa.UniqueConstraint("stripe_id", name="payout_reversals_stripe_id_key"),
    )
    op.create_index("payout_reversals_payout_id_idx", "payout_reversals", ["payout_id"])


def downgrade() -> None:
    op.drop_table("payout_reversals")
