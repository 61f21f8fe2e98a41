"""Bank debits that are under way, and pages that take cards alone."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("card_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("payments", sa.Column("settling_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("payments", "settling_since")
    op.drop_column("payments", "card_only")
