"""A quote may offer a written answer, which is paid when it is delivered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

STATES = "'unpaid', 'ordered', 'submitted', 'delivered', 'expired', 'late', 'cancelled', 'uncaptured', 'refunded'"


def _when(name: str, *, needed: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def _key(name: str, to: str, *, needed: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(f"{to}.id", ondelete="RESTRICT"), nullable=not needed)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"{table}_{name}_check"))


def upgrade() -> None:
    _answers()
    _about_answers()
    op.add_column("quotes", sa.Column("form", sa.Text(), nullable=False, server_default="session"))
    op.add_column("quotes", sa.Column("preparation_minutes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("quotes", _when("deliver_by"))
    op.add_column("quotes", _key("written_answer_id", "written_answers", needed=False))
    op.create_unique_constraint("quotes_written_answer_id_key", "quotes", ["written_answer_id"])
    op.drop_constraint("quotes_booked_check", "quotes", type_="check")
    for name, rule in {
        "booked": "not (status in ('held', 'paid')) or booking_id is not null or written_answer_id is not null",
        "form": "form in ('session', 'written')",
        "deliver_by": "(form = 'written') = (deliver_by is not null)",
        "form_taken": "case form when 'written' then booking_id is null else written_answer_id is null end",
        "preparation": "preparation_minutes between 0 and 480",
    }.items():
        op.create_check_constraint(op.f(f"quotes_{name}_check"), "quotes", rule)


def _answers() -> None:
    table = "written_answers"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), primary_key=True),
        _key("coach_id", "coaches"),
        _key("mentee_id", "users"),
        _key("payment_id", "payments", needed=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fee_basis_points", sa.Integer(), nullable=False),
        sa.Column("policy", JSONB(), nullable=False),
        _when("pay_until", needed=True),
        _when("deliver_by", needed=True),
        _when("created_at", needed=True),
        _when("ordered_at"),
        _when("reminded_at"),
        sa.Column("answer", sa.Text()),
        _when("submitted_at"),
        _when("delivered_at"),
        _when("ended_at"),
        sa.Column("end_reason", sa.Text()),
        sa.Column("follow_up", sa.Text()),
        _when("follow_up_at"),
        _when("follow_up_reminded_at"),
        sa.Column("follow_up_answer", sa.Text()),
        _when("follow_up_answered_at"),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        _when("frozen_at"),
        _when("released_at"),
        sa.UniqueConstraint("payment_id", name="written_answers_payment_id_key"),
        _check(table, "status", f"status in ({STATES})"),
        _check(table, "price", "price_cents > 0"),
        _check(table, "minutes", "minutes between 10 and 480"),
        _check(table, "fee", "fee_basis_points between 0 and 10000"),
        _check(table, "refunded", "refunded_cents between 0 and price_cents"),
        _check(
            table,
            "answered",
            "not (status in ('submitted', 'delivered', 'uncaptured', 'refunded')) or answer is not null",
        ),
        _check(table, "delivered", "(status in ('delivered', 'refunded')) = (delivered_at is not null)"),
        _check(table, "follow_up", "(follow_up is null) = (follow_up_at is null)"),
        _check(table, "follow_up_answer", "(follow_up_answer is null) = (follow_up_answered_at is null)"),
        _check(table, "released", "released_at is null or delivered_at is not null"),
    )
    op.create_index("written_answers_coach_idx", table, ["coach_id", "id"])
    op.create_index("written_answers_mentee_idx", table, ["mentee_id", "id"])
    for name, column, which in (
        ("unpaid", "pay_until", "status = 'unpaid'"),
        ("due", "deliver_by", "status in ('ordered', 'submitted')"),
        ("unreleased", "delivered_at", "status = 'delivered' and released_at is null"),
    ):
        op.create_index(f"written_answers_{name}_idx", table, [column], postgresql_where=sa.text(which))


def _about_answers() -> None:
    op.create_table(
        "written_answer_files",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _key("answer_id", "written_answers"),
        _key("file_id", "stored_files"),
        sa.Column("name", sa.Text(), nullable=False),
        _when("added_at", needed=True),
        sa.UniqueConstraint("answer_id", "file_id", name="written_answer_files_answer_id_file_id_key"),
    )
    op.create_index("written_answer_files_file_id_idx", "written_answer_files", ["file_id"])
    table = "written_answer_reports"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), primary_key=True),
        _key("answer_id", "written_answers"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _when("reported_at", needed=True),
        _when("answer_by", needed=True),
        sa.Column("answer_words", sa.Text()),
        _when("answered_at"),
        _when("settled_at"),
        _key("settled_by", "users", needed=False),
        sa.Column("settled_why", sa.Text()),
        sa.UniqueConstraint("answer_id", name="written_answer_reports_answer_id_key"),
        _check(table, "status", "status in ('open', 'contested', 'upheld', 'rejected', 'withdrawn')"),
        _check(table, "settled", "(status in ('open', 'contested')) = (settled_at is null)"),
    )
    for name, column in (("open", "answer_by"), ("contested", "reported_at")):
        which = sa.text(f"status = '{name}'")
        op.create_index(f"written_answer_reports_{name}_idx", table, [column], postgresql_where=which)
    table = "written_answer_losses"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), primary_key=True),
        _key("dispute_id", "disputes"),
        _key("answer_id", "written_answers"),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("coach_cents", sa.BigInteger(), nullable=False),
        sa.Column("was_released", sa.Boolean(), nullable=False),
        _when("booked_at", needed=True),
        _when("returned_at"),
        sa.UniqueConstraint("dispute_id", "answer_id", name="written_answer_losses_once"),
        _check(table, "amounts", "cents > 0 and coach_cents between 0 and cents"),
    )
    op.create_index("written_answer_losses_answer_id_idx", table, ["answer_id"])


def downgrade() -> None:
    for name in ("preparation", "form_taken", "deliver_by", "form", "booked"):
        op.drop_constraint(f"quotes_{name}_check", "quotes", type_="check")
    op.execute("delete from quotes where form = 'written'")
    for column in ("written_answer_id", "deliver_by", "preparation_minutes", "form"):
        op.drop_column("quotes", column)
    op.create_check_constraint(
        op.f("quotes_booked_check"), "quotes", "not (status in ('held', 'paid')) or booking_id is not null"
    )
    for table in ("losses", "reports", "files"):
        op.drop_table(f"written_answer_{table}")
    op.drop_table("written_answers")
