"""Minutes a month that coaches choose to give, and the free sessions that they grant."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pro_bono_budgets",
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("minutes_per_month", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes_per_month between 0 and 6000", name="pro_bono_budgets_minutes_check"),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("ask_id", sa.Uuid(), sa.ForeignKey("asks.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("offering_id", sa.Uuid(), sa.ForeignKey("offerings.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), sa.ForeignKey("unpaid_entries.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("bookings.id", ondelete="RESTRICT")),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("entry_id", name="grants_entry_id_key"),
        sa.UniqueConstraint("booking_id", name="grants_booking_id_key"),
        sa.CheckConstraint("status in ('offered', 'booked', 'lapsed', 'cancelled')", name="grants_status_check"),
        sa.CheckConstraint("minutes between 10 and 480", name="grants_minutes_check"),
        sa.CheckConstraint(
            "(status in ('booked', 'cancelled')) = (booking_id is not null)", name="grants_booked_check"
        ),
    )
    live = sa.text("status in ('offered', 'booked')")
    op.create_index("grants_ask_id_idx", "grants", ["ask_id"])
    op.create_index("grants_offering_id_idx", "grants", ["offering_id"])
    op.create_index("grants_one_live_idx", "grants", ["ask_id"], unique=True, postgresql_where=live)
    op.create_index("grants_live_idx", "grants", ["valid_until"], postgresql_where=live)


def downgrade() -> None:
    op.drop_table("grants")
    op.drop_table("pro_bono_budgets")
