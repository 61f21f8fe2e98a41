"""Every table of the first release."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


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
        "stripe_events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="stripe_events_pkey"),
    )
    op.create_index("stripe_events_handled_at_idx", "stripe_events", ["handled_at"], unique=False)
    op.create_index("stripe_events_object_id_idx", "stripe_events", ["object_id"], unique=False)
    op.create_index("stripe_events_received_at_idx", "stripe_events", ["received_at"], unique=False)
    op.create_index("stripe_events_type_idx", "stripe_events", ["type"], unique=False)
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
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("manual_capture", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("checkout_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checkout_id", sa.Text(), nullable=True),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column("intent_id", sa.Text(), nullable=True),
        sa.Column("charge_id", sa.Text(), nullable=True),
        sa.Column("fee_cents", sa.BigInteger(), nullable=True),
        sa.Column("available_on", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capture_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capture_wanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('pending', 'authorized', 'paid', 'cancelled', 'failed')", name="payments_status_check"
        ),
        sa.CheckConstraint("amount_cents > 0", name="payments_amount_check"),
        sa.ForeignKeyConstraint(["payer_id"], ["users.id"], name="payments_payer_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="payments_pkey"),
        sa.UniqueConstraint("charge_id", name="payments_charge_id_key"),
        sa.UniqueConstraint("checkout_id", name="payments_checkout_id_key"),
        sa.UniqueConstraint("intent_id", name="payments_intent_id_key"),
        sa.UniqueConstraint("subject_id", name="payments_subject_id_key"),
    )
    op.create_index("payments_intended_at_idx", "payments", ["intended_at"], unique=False)
    op.create_index("payments_payer_id_idx", "payments", ["payer_id"], unique=False)
    op.create_index("payments_status_idx", "payments", ["status"], unique=False)
    op.create_table(
        "payout_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["users.id"], name="payout_runs_approved_by_fkey", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["users.id"], name="payout_runs_proposed_by_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="payout_runs_pkey"),
    )
    op.create_table(
        "roles_users",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name="roles_users_role_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="roles_users_user_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role_id", name="roles_users_pkey"),
    )
    op.create_table(
        "connected_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("capability_status", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["coach_id"], ["coaches.id"], name="connected_accounts_coach_id_fkey", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="connected_accounts_pkey"),
        sa.UniqueConstraint("coach_id", name="connected_accounts_coach_id_key"),
        sa.UniqueConstraint("stripe_id", name="connected_accounts_stripe_id_key"),
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
        "payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column("waiting_for", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('proposed', 'approved', 'sending', 'paid', 'failed', 'reversed', 'cancelled')",
            name="payouts_status_check",
        ),
        sa.CheckConstraint("amount_cents > 0", name="payouts_amount_check"),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="payouts_coach_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["run_id"], ["payout_runs.id"], name="payouts_run_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="payouts_pkey"),
        sa.UniqueConstraint("run_id", "coach_id", "currency", name="payouts_run_id_coach_id_currency_key"),
        sa.UniqueConstraint("stripe_id", name="payouts_stripe_id_key"),
    )
    op.create_index("payouts_coach_id_idx", "payouts", ["coach_id"], unique=False)
    op.create_index(
        "payouts_one_open_each_idx",
        "payouts",
        ["coach_id", "currency"],
        unique=True,
        postgresql_where=sa.text("status in ('proposed', 'approved', 'sending')"),
    )
    op.create_index("payouts_status_idx", "payouts", ["status"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status in ('intended', 'pending', 'succeeded', 'failed')", name="refunds_status_check"),
        sa.CheckConstraint("amount_cents > 0", name="refunds_amount_check"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="refunds_payment_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="refunds_pkey"),
        sa.UniqueConstraint("key", name="refunds_key_key"),
        sa.UniqueConstraint("stripe_id", name="refunds_stripe_id_key"),
    )
    op.create_index("refunds_payment_id_idx", "refunds", ["payment_id"], unique=False)
    op.create_index("refunds_status_idx", "refunds", ["status"], unique=False)
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
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by_approval", sa.Boolean(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fee_basis_points", sa.Integer(), nullable=False),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("coach_id"), "="),
            (sa.column("blocked"), "&&"),
            where=sa.text("status in ('held', 'requested', 'confirmed')"),
            using="gist",
            name="bookings_one_session_at_a_time",
        ),
        sa.CheckConstraint(
            "(status = 'completed') = (outcome is not null)", name="bookings_completed_with_outcome_check"
        ),
        sa.CheckConstraint("outcome in ('took_place', 'mentee_no_show')", name="bookings_outcome_check"),
        sa.CheckConstraint(
            "status in ('held', 'requested', 'confirmed', 'completed', 'cancelled', 'expired', 'declined')",
            name="bookings_status_check",
        ),
        sa.CheckConstraint("blocked @> tstzrange(starts_at, ends_at)", name="bookings_blocked_check"),
        sa.CheckConstraint("fee_basis_points between 0 and 10000", name="bookings_fee_check"),
        sa.CheckConstraint("starts_at < ends_at", name="bookings_interval_check"),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="bookings_coach_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name="bookings_ended_by_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["mentee_id"], ["users.id"], name="bookings_mentee_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offerings.id"], name="bookings_offering_id_fkey", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="bookings_payment_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="bookings_pkey"),
        sa.UniqueConstraint("payment_id", name="bookings_payment_id_key"),
    )
    op.create_index("bookings_coach_starts_idx", "bookings", ["coach_id", "starts_at"], unique=False)
    op.create_index(
        "bookings_holds_idx", "bookings", ["hold_expires_at"], unique=False, postgresql_where=sa.text("status = 'held'")
    )
    op.create_index("bookings_mentee_starts_idx", "bookings", ["mentee_id", "starts_at"], unique=False)
    op.create_index("bookings_offering_id_idx", "bookings", ["offering_id"], unique=False)
    op.create_index(
        "bookings_unreleased_idx",
        "bookings",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("released_at is null"),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="notes_author_id_fkey", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="notes_booking_id_fkey", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="notes_pkey"),
    )
    op.create_index("notes_booking_id_idx", "notes", ["booking_id"], unique=False)


def downgrade() -> None:
    op.drop_index("notes_booking_id_idx", table_name="notes")
    op.drop_table("notes")
    op.drop_index("bookings_unreleased_idx", table_name="bookings", postgresql_where=sa.text("released_at is null"))
    op.drop_index("bookings_offering_id_idx", table_name="bookings")
    op.drop_index("bookings_mentee_starts_idx", table_name="bookings")
    op.drop_index("bookings_holds_idx", table_name="bookings", postgresql_where=sa.text("status = 'held'"))
    op.drop_index("bookings_coach_starts_idx", table_name="bookings")
    op.drop_table("bookings")
    op.drop_index("weekly_hours_coach_idx", table_name="weekly_hours")
    op.drop_table("weekly_hours")
    op.drop_index("refunds_status_idx", table_name="refunds")
    op.drop_index("refunds_payment_id_idx", table_name="refunds")
    op.drop_table("refunds")
    op.drop_index("payouts_status_idx", table_name="payouts")
    op.drop_index(
        "payouts_one_open_each_idx",
        table_name="payouts",
        postgresql_where=sa.text("status in ('proposed', 'approved', 'sending')"),
    )
    op.drop_index("payouts_coach_id_idx", table_name="payouts")
    op.drop_table("payouts")
    op.drop_index("offerings_coach_id_idx", table_name="offerings")
    op.drop_table("offerings")
    op.drop_table("connected_accounts")
    op.drop_table("roles_users")
    op.drop_table("payout_runs")
    op.drop_index("payments_status_idx", table_name="payments")
    op.drop_index("payments_payer_id_idx", table_name="payments")
    op.drop_index("payments_intended_at_idx", table_name="payments")
    op.drop_table("payments")
    op.drop_index("ledger_entries_subject_id_idx", table_name="ledger_entries")
    op.drop_index("ledger_entries_source_idx", table_name="ledger_entries")
    op.drop_index("ledger_entries_debit_idx", table_name="ledger_entries", postgresql_include=["cents"])
    op.drop_index("ledger_entries_credit_idx", table_name="ledger_entries", postgresql_include=["cents"])
    op.drop_index("ledger_entries_booked_at_idx", table_name="ledger_entries")
    op.drop_table("ledger_entries")
    op.drop_index("idempotent_requests_created_at_idx", table_name="idempotent_requests")
    op.drop_table("idempotent_requests")
    op.drop_index("coaches_topics_idx", table_name="coaches", postgresql_using="gin")
    op.drop_index("coaches_status_idx", table_name="coaches")
    op.drop_index("coaches_languages_idx", table_name="coaches", postgresql_using="gin")
    op.drop_index("coaches_kinds_idx", table_name="coaches", postgresql_using="gin")
    op.drop_table("coaches")
    op.drop_index("access_tokens_user_id_idx", table_name="access_tokens")
    op.drop_table("access_tokens")
    op.drop_table("users")
    op.drop_index("stripe_events_type_idx", table_name="stripe_events")
    op.drop_index("stripe_events_received_at_idx", table_name="stripe_events")
    op.drop_index("stripe_events_object_id_idx", table_name="stripe_events")
    op.drop_index("stripe_events_handled_at_idx", table_name="stripe_events")
    op.drop_table("stripe_events")
    op.drop_table("roles")
    op.drop_index("messages_status_idx", table_name="messages")
    op.drop_index("messages_recipient_idx", table_name="messages")
    op.drop_table("messages")
    op.drop_table("ledger_accounts")
    op.drop_index("audit_entries_subject_id_idx", table_name="audit_entries")
    op.drop_index("audit_entries_at_idx", table_name="audit_entries")
    op.drop_index("audit_entries_actor_id_idx", table_name="audit_entries")
    op.drop_table("audit_entries")
