"""The line for a coach's time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("until_minute", sa.Integer(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status in ('waiting', 'offered')) = (ended_at is null)", name="waits_ended_check"),
        sa.CheckConstraint(
            "0 <= from_minute and from_minute < until_minute and until_minute <= 1440", name="waits_minutes_check"
        ),
        sa.CheckConstraint("cardinality(weekdays) > 0", name="waits_weekdays_check"),
        sa.CheckConstraint("starts_on <= ends_on", name="waits_range_check"),
        sa.CheckConstraint("status <> 'offered' or booking_id is not null", name="waits_offered_check"),
        sa.CheckConstraint("status in ('waiting', 'offered', 'booked', 'left', 'over')", name="waits_status_check"),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="waits_booking_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="waits_coach_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["mentee_id"], ["users.id"], name="waits_mentee_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["offering_id"], ["offerings.id"], name="waits_offering_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="waits_pkey"),
    )
    op.create_index("waits_booking_id_idx", "waits", ["booking_id"])
    op.create_index("waits_mentee_id_idx", "waits", ["mentee_id"])
    op.create_index("waits_offering_id_idx", "waits", ["offering_id"])
    op.create_index(
        "waits_line_idx", "waits", ["coach_id", "queued_at"], postgresql_where=sa.text("status = 'waiting'")
    )
    op.create_index(
        "waits_once_each_idx",
        "waits",
        ["mentee_id", "offering_id"],
        unique=True,
        postgresql_where=sa.text("status in ('waiting', 'offered')"),
    )
    op.create_index(
        "waits_one_offer_idx", "waits", ["mentee_id"], unique=True, postgresql_where=sa.text("status = 'offered'")
    )


def downgrade() -> None:
    op.drop_table("waits")
