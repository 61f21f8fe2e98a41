"""Tax that Stripe lays on top of a price: on payments and on what goes back."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("automatic_tax", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("payments", "refunds"):
        op.add_column(table, sa.Column("tax_cents", sa.BigInteger(), nullable=False, server_default="0"))
        op.create_check_constraint(f"{table}_tax_check", table, "tax_cents >= 0")


def downgrade() -> None:
    op.drop_column("payments", "automatic_tax")
    for table in ("payments", "refunds"):
        op.drop_column(table, "tax_cents")
