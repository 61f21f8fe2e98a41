"""Comparisons of the books with Stripe's, and what sweeps found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comparisons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("differences", postgresql.JSONB(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="comparisons_pkey"),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name="comparisons_asked_by_fkey", ondelete="RESTRICT"),
    )
    op.create_index("comparisons_finished_at_idx", "comparisons", ["finished_at"])
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("found", postgresql.JSONB(), nullable=False),
        sa.Column("failures", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="sweeps_pkey"),
    )
    op.create_index("sweeps_began_at_idx", "sweeps", ["began_at"])


def downgrade() -> None:
    op.drop_table("sweeps")
    op.drop_table("comparisons")
