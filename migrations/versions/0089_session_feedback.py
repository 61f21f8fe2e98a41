"""What mentee and coach say of a session: which kind of help it was, and whether it dealt with what was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_feedback",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("bookings.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("dealt_with", sa.Boolean()),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("said_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("side in ('mentee', 'coach')", name="session_feedback_side_check"),
        sa.CheckConstraint(
            "kind in ('mentor', 'tutor', 'career_coach', 'therapist', 'sponsor', 'other')",
            name="session_feedback_kind_check",
        ),
        sa.CheckConstraint(
            "(kind is null) = (said_at is null) and (kind is null) = (dealt_with is null)",
            name="session_feedback_said_check",
        ),
        sa.UniqueConstraint("booking_id", "side", name="session_feedback_booking_id_side_key"),
    )


def downgrade() -> None:
    op.drop_table("session_feedback")
