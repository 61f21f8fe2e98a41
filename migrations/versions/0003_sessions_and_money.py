"""Payments, bookings, notes, payouts, and what Stripe told us."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "stripe_events",
    "payments",
    "payout_runs",
    "connected_accounts",
    "payouts",
    "refunds",
    "bookings",
    "notes",
)


def upgrade() -> None:
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
    for table in reversed(TABLES):
        op.drop_table(table)
