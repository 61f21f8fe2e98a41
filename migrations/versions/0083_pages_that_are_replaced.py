"""A payment says until when it can be made, so that a page that ends before is replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("payable_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("payments", "payable_until")
