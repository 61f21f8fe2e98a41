"""Licences of therapists, and where a client is during a session of therapy."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "licences",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="RESTRICT"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("status", "number", "jurisdiction")),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Uuid(), sa.ForeignKey("stored_files.id", ondelete="RESTRICT")),
        sa.Column("file_name", sa.Text()),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid(), sa.ForeignKey("users.id", ondelete="RESTRICT")),
        sa.Column("reason", sa.Text()),
        sa.Column("reminded_days", sa.Integer()),
        sa.CheckConstraint("status in ('submitted', 'checked', 'refused')", name="licences_status_check"),
        sa.CheckConstraint("(status = 'submitted') = (decided_at is null)", name="licences_decided_check"),
    )
    op.create_index("licences_coach_idx", "licences", ["coach_id", "id"])
    op.create_index("licences_file_id_idx", "licences", ["file_id"])
    op.create_index(
        "licences_ending_idx", "licences", ["expires_on"], postgresql_where=sa.text("status in ('checked')")
    )
    op.add_column("bookings", sa.Column("client_place", sa.Text()))
    op.add_column("kept_requests", sa.Column("client_place", sa.Text()))


def downgrade() -> None:
    op.drop_column("kept_requests", "client_place")
    op.drop_column("bookings", "client_place")
    op.drop_table("licences")
