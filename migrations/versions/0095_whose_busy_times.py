"""By which event a coach is busy elsewhere; every calendar says so when it is read next, in full."""

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("busy_times", sa.Column("event", sa.Text(), nullable=False, server_default=""))
    # Else what has not changed would never be read again.
    op.execute("update calendars set etag = null, last_modified = null")


def downgrade() -> None:
    op.drop_column("busy_times", "event")
