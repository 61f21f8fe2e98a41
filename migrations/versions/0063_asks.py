"""Asks, what coaches say about taking them, and what strangers wrote before their address was confirmed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT, JSONB

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")


TEXT = sa.Text()


def column(name: str, kind: sa.types.TypeEngine = TEXT, *rest: object, nullable: bool = False) -> sa.Column:
    return sa.Column(name, kind, *rest, nullable=nullable)


def instant(name: str, nullable: bool = False) -> sa.Column:
    return column(name, sa.DateTime(timezone=True), nullable=nullable)


def key(name: str, to: str, ondelete: str, nullable: bool = False) -> sa.Column:
    return column(name, sa.Uuid(), sa.ForeignKey(to, ondelete=ondelete), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "asks",
        sa.Column("id", sa.Uuid(), primary_key=True),
        key("coach_id", "coaches.id", "RESTRICT"),
        key("asker_id", "users.id", "RESTRICT"),
        column("status"),
        *(column(name) for name in ("kind", "about", "not_about", "tried", "why_coach", "aim")),
        column("by_when", sa.Date(), nullable=True),
        column("minutes", sa.Integer()),
        column("words_enough", sa.Boolean()),
        column("payer"),
        column("points", sa.Integer()),
        column("price_cents", sa.BigInteger()),
        column("currency"),
        instant("sent_at"),
        instant("answer_by"),
        instant("reminded_at", nullable=True),
        column("reply", nullable=True),
        column("answer_minutes", sa.Integer(), nullable=True),
        column("decline_reason", nullable=True),
        instant("ended_at", nullable=True),
        sa.CheckConstraint(
            "status in ('open', 'answered', 'declined', 'withdrawn', 'lapsed')", name="asks_status_check"
        ),
        sa.CheckConstraint(
            "kind in ('mentor', 'sponsor', 'tutor', 'career_coach', 'therapist')", name="asks_kind_check"
        ),
        sa.CheckConstraint("payer in ('me', 'employer', 'somebody_else', 'cannot')", name="asks_payer_check"),
        sa.CheckConstraint(
            "decline_reason in ('not_my_field', 'no_time', 'ask_another', 'too_small', 'not_unpaid')",
            name="asks_decline_reason_check",
        ),
        sa.CheckConstraint("minutes between 10 and 480", name="asks_minutes_check"),
        sa.CheckConstraint("points between 0 and 12", name="asks_points_check"),
        sa.CheckConstraint("price_cents > 0", name="asks_price_check"),
        sa.CheckConstraint("(status = 'answered') = (answer_minutes is not null)", name="asks_answered_check"),
        sa.CheckConstraint("(status = 'declined') = (decline_reason is not null)", name="asks_declined_check"),
        sa.CheckConstraint("(status = 'open') = (ended_at is null)", name="asks_ended_check"),
    )
    op.create_index("asks_inbox_idx", "asks", ["coach_id", "id"])
    op.create_index("asks_inbox_status_idx", "asks", ["coach_id", "status", "id"])
    op.create_index("asks_week_idx", "asks", ["coach_id", "sent_at"])
    op.create_index("asks_asker_idx", "asks", ["asker_id", "id"])
    op.create_index("asks_waiting_idx", "asks", ["answer_by"], postgresql_where=OPEN)
    op.create_index("asks_one_open_idx", "asks", ["coach_id", "asker_id"], unique=True, postgresql_where=OPEN)
    op.create_table(
        "ask_settings",
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True),
        column("open_at_most", sa.Integer()),
        column("per_week", sa.Integer()),
        column("closed_until", sa.Date(), nullable=True),
        column("least_points", sa.Integer()),
        column("sentences", JSONB()),
        sa.CheckConstraint("open_at_most between 0 and 500", name="ask_settings_open_at_most_check"),
        sa.CheckConstraint("per_week between 0 and 500", name="ask_settings_per_week_check"),
        sa.CheckConstraint("least_points between 0 and 12", name="ask_settings_least_points_check"),
    )
    op.create_table(
        "ask_drafts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        key("coach_id", "coaches.id", "CASCADE"),
        column("email", CITEXT()),
        *(column(name) for name in ("name", "timezone", "locale")),
        column("written", JSONB()),
        column("code_digest"),
        instant("code_expires_at"),
        column("tries", sa.Integer()),
        instant("created_at"),
        key("ask_id", "asks.id", "CASCADE", nullable=True),
    )
    for name in ("coach_id", "created_at", "ask_id"):
        op.create_index(f"ask_drafts_{name}_idx", "ask_drafts", [name])


def downgrade() -> None:
    for table in ("ask_drafts", "ask_settings", "asks"):
        op.drop_table(table)
