"""Sessions that recur and are paid for at once; times held for somebody who waited."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("every_weeks in (1, 2)", name="booking_series_every_weeks_check"),
        sa.CheckConstraint("count between 2 and 12", name="booking_series_count_check"),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="booking_series_coach_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["mentee_id"], ["users.id"], name="booking_series_mentee_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offerings.id"], name="booking_series_offering_id_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="booking_series_pkey"),
    )
    op.create_index("booking_series_coach_id_idx", "booking_series", ["coach_id"])
    op.create_index("booking_series_mentee_id_idx", "booking_series", ["mentee_id"])
    op.add_column("bookings", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.add_column("bookings", sa.Column("offered", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("bookings", "offered", server_default=None)
    op.create_foreign_key(
        "bookings_series_id_fkey", "bookings", "booking_series", ["series_id"], ["id"], ondelete="RESTRICT"
    )
    op.create_index("bookings_series_id_idx", "bookings", ["series_id"])
    op.drop_constraint("bookings_payment_id_key", "bookings")
    op.create_index("bookings_payment_id_idx", "bookings", ["payment_id"])


def downgrade() -> None:
    op.drop_index("bookings_payment_id_idx", "bookings")
    op.create_unique_constraint("bookings_payment_id_key", "bookings", ["payment_id"])
    op.drop_index("bookings_series_id_idx", "bookings")
    op.drop_constraint("bookings_series_id_fkey", "bookings")
    op.drop_column("bookings", "offered")
    op.drop_column("bookings", "series_id")
    op.drop_table("booking_series")
