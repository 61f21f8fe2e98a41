"""Stripe's events are kept as they came, also with what a JSONB cannot hold."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table stripe_events alter column payload type json using payload::json")


def downgrade() -> None:
    op.execute("alter table stripe_events alter column payload type jsonb using payload::jsonb")
