"""Reference rates by which prices in different currencies are compared."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_rates",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("per_euro", sa.Numeric(16, 8), nullable=False),
        sa.CheckConstraint("per_euro > 0", name=op.f("exchange_rates_per_euro_check")),
        sa.PrimaryKeyConstraint("currency", name="exchange_rates_pkey"),
    )


def downgrade() -> None:
    op.drop_table("exchange_rates")
