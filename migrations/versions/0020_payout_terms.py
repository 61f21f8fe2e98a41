"""When a coach is paid out; runs that the calendar proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payout_terms",
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("schedule in ('weekly', 'monthly', 'on_demand')", name=op.f("payout_terms_schedule_check")),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="payout_terms_coach_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("coach_id", name="payout_terms_pkey"),
    )
    # Nobody proposed a run that the calendar did.
    op.alter_column("payout_runs", "proposed_by", nullable=True)


def downgrade() -> None:
    op.execute(
        "update payout_runs set proposed_by = (select id from users order by id limit 1) where proposed_by is null"
    )
    op.alter_column("payout_runs", "proposed_by", nullable=False)
    op.drop_table("payout_terms")
