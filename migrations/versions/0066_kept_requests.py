"""What visitors asked to hold before they had to sign up."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Uuid()),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="kept_requests_pkey"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offerings.id"], name="kept_requests_offering_id_fkey", ondelete="CASCADE"
        ),
    )
    for column in ("offering_id", "kept_at"):
        op.create_index(f"kept_requests_{column}_idx", "kept_requests", [column])


def downgrade() -> None:
    op.drop_table("kept_requests")
