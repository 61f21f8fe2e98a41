"""Who there is, what coaches offer and when, what people were told, who did what; the ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "audit_entries",
    "ledger_accounts",
    "messages",
    "roles",
    "users",
    "access_tokens",
    "coaches",
    "idempotent_requests",
    "ledger_entries",
    "roles_users",
    "offerings",
    "weekly_hours",
)


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name="audit_entries_pkey"),
    )
    op.create_index("audit_entries_actor_id_idx", "audit_entries", ["actor_id"], unique=False)
    op.create_index("audit_entries_at_idx", "audit_entries", ["at"], unique=False)
    op.create_index("audit_entries_subject_id_idx", "audit_entries", ["subject_id"], unique=False)
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="ledger_accounts_pkey"),
        sa.UniqueConstraint("id", "currency", name="ledger_accounts_id_currency_key"),
        sa.UniqueConstraint("name", "currency", name="ledger_accounts_name_currency_key"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("calendar_method", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status in ('waiting', 'sent', 'failed')", name="messages_status_check"),
        sa.PrimaryKeyConstraint("id", name="messages_pkey"),
        sa.UniqueConstraint("key", name="messages_key_key"),
    )
    op.create_index("messages_recipient_idx", "messages", ["recipient"], unique=False)
    op.create_index("messages_status_idx", "messages", ["status"], unique=False)
    op.create_table(
        "roles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="roles_pkey"),
        sa.UniqueConstraint("name", name="roles_name_key"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", postgresql.CITEXT(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_ip", sa.Text(), nullable=True),
        sa.Column("current_login_ip", sa.Text(), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="users_pkey"),
        sa.UniqueConstraint("email", name="users_email_key"),
        sa.UniqueConstraint("fs_uniquifier", name="users_fs_uniquifier_key"),
    )
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="access_tokens_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="access_tokens_pkey"),
        sa.UniqueConstraint("digest", name="access_tokens_digest_key"),
    )
    op.create_index("access_tokens_user_id_idx", "access_tokens", ["user_id"], unique=False)
    op.create_table(
        "coaches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("handle", postgresql.CITEXT(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("handle ~ '^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$'", name="coaches_handle_check"),
        sa.CheckConstraint(
            "not ('therapist' = any(kinds)) or licence is not null", name="coaches_therapist_licensed_check"
        ),
        sa.CheckConstraint("status in ('applied', 'approved', 'rejected', 'suspended')", name="coaches_status_check"),
        sa.CheckConstraint("cardinality(kinds) > 0", name="coaches_kinds_check"),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name="coaches_decided_by_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="coaches_user_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="coaches_pkey"),
        sa.UniqueConstraint("handle", name="coaches_handle_key"),
        sa.UniqueConstraint("user_id", name="coaches_user_id_key"),
    )
    op.create_index("coaches_kinds_idx", "coaches", ["kinds"], unique=False, postgresql_using="gin")
    op.create_index("coaches_languages_idx", "coaches", ["languages"], unique=False, postgresql_using="gin")
    op.create_index("coaches_status_idx", "coaches", ["status"], unique=False)
    op.create_index("coaches_topics_idx", "coaches", ["topics"], unique=False, postgresql_using="gin")
    op.create_table(
        "idempotent_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status is null) = (body is null)", name="idempotent_requests_answered_whole_check"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="idempotent_requests_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="idempotent_requests_pkey"),
        sa.UniqueConstraint("user_id", "key", name="idempotent_requests_user_id_key_key"),
    )
    op.create_index("idempotent_requests_created_at_idx", "idempotent_requests", ["created_at"], unique=False)
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("debit_id", sa.Uuid(), nullable=False),
        sa.Column("credit_id", sa.Uuid(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cents > 0", name="ledger_entries_cents_positive_check"),
        sa.CheckConstraint("debit_id <> credit_id", name="ledger_entries_two_accounts_check"),
        sa.ForeignKeyConstraint(
            ["credit_id", "currency"],
            ["ledger_accounts.id", "ledger_accounts.currency"],
            name="ledger_entries_credit_fkey",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["debit_id", "currency"],
            ["ledger_accounts.id", "ledger_accounts.currency"],
            name="ledger_entries_debit_fkey",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name="ledger_entries_pkey"),
        sa.UniqueConstraint("key", name="ledger_entries_key_key"),
    )
    op.create_index("ledger_entries_booked_at_idx", "ledger_entries", ["booked_at"], unique=False)
    op.create_index(
        "ledger_entries_credit_idx", "ledger_entries", ["credit_id"], unique=False, postgresql_include=["cents"]
    )
    op.create_index(
        "ledger_entries_debit_idx", "ledger_entries", ["debit_id"], unique=False, postgresql_include=["cents"]
    )
    op.create_index("ledger_entries_source_idx", "ledger_entries", ["source"], unique=False)
    op.create_index("ledger_entries_subject_id_idx", "ledger_entries", ["subject_id"], unique=False)
    op.create_table(
        "roles_users",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name="roles_users_role_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="roles_users_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role_id", name="roles_users_pkey"),
    )
    op.create_table(
        "offerings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("by_approval", sa.Boolean(), nullable=False),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('mentor', 'sponsor', 'tutor', 'career_coach', 'therapist')", name="offerings_kind_check"
        ),
        sa.CheckConstraint("buffer_after_minutes between 0 and 240", name="offerings_buffer_after_check"),
        sa.CheckConstraint("buffer_before_minutes between 0 and 240", name="offerings_buffer_before_check"),
        sa.CheckConstraint("horizon_days between 1 and 365", name="offerings_horizon_check"),
        sa.CheckConstraint("minutes between 10 and 480", name="offerings_minutes_check"),
        sa.CheckConstraint("notice_hours between 0 and 720", name="offerings_notice_check"),
        sa.CheckConstraint("price_cents > 0", name="offerings_price_check"),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="offerings_coach_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="offerings_pkey"),
    )
    op.create_index("offerings_coach_id_idx", "offerings", ["coach_id"], unique=False)
    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= start_minute and start_minute < end_minute and end_minute <= 1440", name="weekly_hours_minutes_check"
        ),
        sa.CheckConstraint("weekday between 0 and 6", name="weekly_hours_weekday_check"),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="weekly_hours_coach_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="weekly_hours_pkey"),
    )
    op.create_index("weekly_hours_coach_idx", "weekly_hours", ["coach_id", "weekday", "start_minute"], unique=True)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
