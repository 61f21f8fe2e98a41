"""The code by which Stripe says why a payment failed: people read our sentence for it, admins Stripe's words."""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("failure_code", sa.Text()))


def downgrade() -> None:
    op.drop_column("payments", "failure_code")
