"""What was not understood in an outside calendar is kept with its line."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("calendars", "skipped", new_column_name="doubt_count")
    op.add_column(
        "calendars", sa.Column("doubts", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb"))
    )
    op.alter_column("calendars", "doubts", server_default=None)
    # What was read by other rules is read again, whatever its server says of changes.
    op.execute("update calendars set etag = null, last_modified = null, doubt_count = 0")


def downgrade() -> None:
    op.drop_column("calendars", "doubts")
    op.alter_column("calendars", "doubt_count", new_column_name="skipped")
