"""Overruns: minutes beyond a session, paid or not."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "overruns",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("bookings.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("payment_id", sa.Uuid(), sa.ForeignKey("payments.id", ondelete="RESTRICT")),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fee_basis_points", sa.Integer(), nullable=False),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("payment_id", name="overruns_payment_id_key"),
        sa.CheckConstraint(
            "status in ('proposed', 'accepted', 'paid', 'declined', 'withdrawn', 'lapsed')",
            name="overruns_status_check",
        ),
        sa.CheckConstraint("minutes between 5 and 120", name="overruns_minutes_check"),
        sa.CheckConstraint("price_cents > 0", name="overruns_price_check"),
        sa.CheckConstraint("refunded_cents between 0 and price_cents", name="overruns_refunded_check"),
        sa.CheckConstraint("fee_basis_points between 0 and 10000", name="overruns_fee_check"),
        sa.CheckConstraint(
            "not (status in ('accepted', 'paid')) or payment_id is not null", name="overruns_payment_check"
        ),
    )
    live = sa.text("status in ('proposed', 'accepted', 'paid')")
    open_ = sa.text("status in ('proposed', 'accepted')")
    unreleased = sa.text("status = 'paid' and released_at is null")
    op.create_index("overruns_booking_id_idx", "overruns", ["booking_id"])
    op.create_index("overruns_one_live_idx", "overruns", ["booking_id"], unique=True, postgresql_where=live)
    op.create_index("overruns_open_idx", "overruns", ["lapses_at"], postgresql_where=open_)
    op.create_index("overruns_unreleased_idx", "overruns", ["id"], postgresql_where=unreleased)


def downgrade() -> None:
    op.drop_table("overruns")
