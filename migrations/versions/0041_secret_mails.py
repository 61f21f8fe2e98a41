"""Mails that let their reader in are kept no longer than until they were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

GONE = "The link in this mail let its reader in. It is not kept.\n"


def upgrade() -> None:
    op.add_column("messages", sa.Column("secret", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("messages", "secret", server_default=None)
    lets_in = sa.text("text ~ '/(reset|confirm|change-email)/[A-Za-z0-9._-]{30}' and calendar is null")
    op.execute(f"update messages set secret = true where {lets_in}")
    op.execute(
        sa.text(
            "update messages set text = :gone, html = null where secret and status in ('sent', 'failed')"
        ).bindparams(gone=GONE)
    )


def downgrade() -> None:
    op.drop_column("messages", "secret")
