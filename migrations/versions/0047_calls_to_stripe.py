"""A circuit breaker that every process sees; what is asked of Stripe is committed whole; what Stripe does not know."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circuit_breakers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="circuit_breakers_pkey"),
    )
    op.add_column("payments", sa.Column("payer_email", sa.Text()))
    op.add_column("payments", sa.Column("checkout_attempt", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("payments", sa.Column("looked_at", sa.DateTime(timezone=True)))
    op.add_column("payments", sa.Column("missing_at", sa.DateTime(timezone=True)))
    op.create_index("payments_missing_at_idx", "payments", ["missing_at"])
    op.add_column("connected_accounts", sa.Column("email", sa.Text()))
    op.add_column("connected_accounts", sa.Column("name", sa.Text()))
    op.add_column("payouts", sa.Column("destination", sa.Text()))
    op.execute(
        "update payouts set destination = a.stripe_id from connected_accounts a "
        "where a.coach_id = payouts.coach_id and payouts.status = 'sending' and payouts.rail = 'stripe'"
    )


def downgrade() -> None:
    op.drop_column("payouts", "destination")
    op.drop_column("connected_accounts", "name")
    op.drop_column("connected_accounts", "email")
    op.drop_index("payments_missing_at_idx", "payments")
    for name in ("missing_at", "looked_at", "checkout_attempt", "payer_email"):
        op.drop_column("payments", name)
    op.drop_table("circuit_breakers")
