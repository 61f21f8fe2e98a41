"""Links to a coach's work elsewhere."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coaches", sa.Column("links", JSONB(), nullable=False, server_default="[]"))
    op.create_check_constraint("links", "coaches", "jsonb_typeof(links) = 'array' and jsonb_array_length(links) <= 5")


def downgrade() -> None:
    op.drop_column("coaches", "links")
