"""Quotes for asks; an ask may be quoted and booked."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

BEFORE = "'open', 'answered', 'declined', 'withdrawn', 'lapsed'"
STATES = "'open', 'quoted', 'booked', 'answered', 'declined', 'withdrawn', 'lapsed'"
LIVE = sa.text("status in ('sent', 'held')")


def _allow(states: str, waiting: str) -> None:
    for name in ("status", "ended"):
        op.drop_constraint(f"asks_{name}_check", "asks", type_="check")
    op.drop_index("asks_one_open_idx", "asks")
    op.create_check_constraint(op.f("asks_status_check"), "asks", f"status in ({states})")
    op.create_check_constraint(op.f("asks_ended_check"), "asks", f"(status in ({waiting})) = (ended_at is null)")
    waits = sa.text(f"status in ({waiting})")
    op.create_index("asks_one_open_idx", "asks", ["coach_id", "asker_id"], unique=True, postgresql_where=waits)


def upgrade() -> None:
    _allow(STATES, "'open', 'quoted'")
    op.create_table(
        "quotes",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("ask_id", sa.Uuid(), sa.ForeignKey("asks.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("offering_id", sa.Uuid(), sa.ForeignKey("offerings.id", ondelete="RESTRICT"), nullable=False),
        sa.Column(
            "policy_version_id", sa.Uuid(), sa.ForeignKey("policy_versions.id", ondelete="RESTRICT"), nullable=False
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("bookings.id", ondelete="RESTRICT")),
        sa.UniqueConstraint("booking_id", name="quotes_booking_id_key"),
        sa.CheckConstraint(
            "status in ('sent', 'held', 'paid', 'superseded', 'withdrawn', 'expired')", name="quotes_status_check"
        ),
        sa.CheckConstraint("minutes between 10 and 480", name="quotes_minutes_check"),
        sa.CheckConstraint("price_cents > 0", name="quotes_price_check"),
        sa.CheckConstraint("not (status in ('held', 'paid')) or booking_id is not null", name="quotes_booked_check"),
    )
    op.create_index("quotes_ask_id_idx", "quotes", ["ask_id"])
    op.create_index("quotes_offering_id_idx", "quotes", ["offering_id"])
    op.create_index("quotes_one_live_idx", "quotes", ["ask_id"], unique=True, postgresql_where=LIVE)
    op.create_index("quotes_live_idx", "quotes", ["valid_until"], postgresql_where=LIVE)


def downgrade() -> None:
    op.drop_table("quotes")
    _allow(BEFORE, "'open'")
