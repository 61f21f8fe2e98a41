"""Where the two meet, what reminds them, what their calendars follow, and who did not come."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROOM = "replace(gen_random_uuid()::text, '-', '')"


def upgrade() -> None:
    op.add_column("users", sa.Column("reminders", sa.Text(), nullable=False, server_default="both"))
    op.alter_column("users", "reminders", server_default=None)
    op.create_check_constraint(op.f("users_reminders_check"), "users", "reminders in ('both', 'day', 'hour', 'none')")
    op.add_column("coaches", sa.Column("meeting_url", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("coaches_meeting_url_check"), "coaches", "meeting_url like 'https://%'")
    op.add_column("bookings", sa.Column("meeting_room", sa.Text(), nullable=False, server_default=sa.text(ROOM)))
    op.alter_column("bookings", "meeting_room", server_default=None)
    op.add_column(
        "bookings",
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    )
    op.alter_column("bookings", "changed_at", server_default=None)
    op.create_index(
        "bookings_confirmed_starts_idx", "bookings", ["starts_at"], postgresql_where=sa.text("status = 'confirmed'")
    )
    _feed_tokens()
    _no_show_reports()


def _feed_tokens() -> None:
    op.create_table(
        "feed_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side in ('coach', 'mentee')", name=op.f("feed_tokens_side_check")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("feed_tokens_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("feed_tokens_pkey")),
        sa.UniqueConstraint("digest", name=op.f("feed_tokens_digest_key")),
    )
    op.create_index(op.f("feed_tokens_user_id_idx"), "feed_tokens", ["user_id"])
    op.create_index(
        "feed_tokens_one_live_idx",
        "feed_tokens",
        ["user_id", "side"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )


def _no_show_reports() -> None:
    op.create_table(
        "no_show_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_words", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_why", sa.Text(), nullable=True),
        sa.Column("refund_cents", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status in ('open', 'contested', 'upheld', 'rejected', 'split', 'withdrawn')",
            name=op.f("no_show_reports_status_check"),
        ),
        sa.CheckConstraint(
            "answer in ('took_place', 'mentee_no_show', 'coach_no_show')", name=op.f("no_show_reports_answer_check")
        ),
        sa.CheckConstraint(
            "(status in ('open', 'contested')) = (settled_at is null)", name=op.f("no_show_reports_settled_check")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("no_show_reports_booking_id_fkey"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["users.id"], name=op.f("no_show_reports_settled_by_fkey"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("no_show_reports_pkey")),
        sa.UniqueConstraint("booking_id", name=op.f("no_show_reports_booking_id_key")),
    )
    op.create_index(
        "no_show_reports_open_idx", "no_show_reports", ["answer_by"], postgresql_where=sa.text("status = 'open'")
    )
    op.create_index(
        "no_show_reports_contested_idx",
        "no_show_reports",
        ["reported_at"],
        postgresql_where=sa.text("status = 'contested'"),
    )


def downgrade() -> None:
    op.drop_table("no_show_reports")
    op.drop_table("feed_tokens")
    op.drop_index("bookings_confirmed_starts_idx", "bookings")
    op.drop_column("bookings", "changed_at")
    op.drop_column("bookings", "meeting_room")
    op.drop_column("coaches", "meeting_url")
    op.drop_column("users", "reminders")
