"""Sessions that are paid for without a time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None

STATES = "'unpaid', 'open', 'used', 'lapsed', 'refunded', 'lost'"


def _key(name: str, table: str, *, needed: bool = True) -> sa.Column:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(f"{table}.id", ondelete="RESTRICT"), nullable=not needed)


def _when(name: str, *, needed: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"session_credits_{name}_check"))


def upgrade() -> None:
    table = "session_credits"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), primary_key=True),
        _key("coach_id", "coaches"),
        _key("mentee_id", "users"),
        _key("offering_id", "offerings"),
        _key("payment_id", "payments", needed=False),
        _key("booking_id", "bookings", needed=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fee_basis_points", sa.Integer(), nullable=False),
        sa.Column("policy", JSONB(), nullable=False),
        _when("pay_until", needed=True),
        _when("created_at", needed=True),
        _when("paid_at"),
        _when("expires_at"),
        sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"),
        _when("ended_at"),
        sa.Column("end_reason", sa.Text()),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("payment_id", name="session_credits_payment_id_key"),
        sa.UniqueConstraint("booking_id", name="session_credits_booking_id_key"),
        _check("status", f"status in ({STATES})"),
        _check("price", "price_cents > 0"),
        _check("minutes", "minutes between 10 and 480"),
        _check("fee", "fee_basis_points between 0 and 10000"),
        _check("refunded", "refunded_cents between 0 and price_cents"),
        _check("used", "(status = 'used') = (booking_id is not null)"),
        _check("paid", "(paid_at is null) = (status in ('unpaid', 'lapsed'))"),
        _check("expires", "(paid_at is null) = (expires_at is null)"),
    )
    op.create_index("session_credits_coach_idx", table, ["coach_id", "id"])
    op.create_index("session_credits_mentee_idx", table, ["mentee_id", "id"])
    op.create_index("session_credits_offering_id_idx", table, ["offering_id"])
    for name, column in (("unpaid", "pay_until"), ("open", "expires_at")):
        which = sa.text(f"status = '{name}'")
        op.create_index(f"session_credits_{name}_idx", table, [column], postgresql_where=which)
    op.add_column("quotes", _key("credit_id", table, needed=False))
    op.create_unique_constraint("quotes_credit_id_key", "quotes", ["credit_id"])
    _taken(
        "num_nonnulls(booking_id, written_answer_id, credit_id) = 1 or not (status in ('held', 'paid'))",
        "case form when 'written' then num_nonnulls(booking_id, credit_id) = 0 else written_answer_id is null end "
        "and num_nonnulls(booking_id, credit_id) <= 1",
    )


def _taken(booked: str, form_taken: str) -> None:
    for name, rule in {"booked": booked, "form_taken": form_taken}.items():
        op.drop_constraint(op.f(f"quotes_{name}_check"), "quotes", type_="check")
        op.create_check_constraint(op.f(f"quotes_{name}_check"), "quotes", rule)


def downgrade() -> None:
    _taken(
        "not (status in ('held', 'paid')) or booking_id is not null or written_answer_id is not null",
        "case form when 'written' then booking_id is null else written_answer_id is null end",
    )
    op.drop_column("quotes", "credit_id")
    op.drop_table("session_credits")
