"""Kinds of mail, and what a person does not want of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("kind", sa.Text()))
    op.create_table(
        "declined_mails",
        sa.Column("recipient", CITEXT(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('sessions_closed', 'notes', 'waitlist_news', 'invoices', 'statements')", name="kind"
        ),
    )


def downgrade() -> None:
    op.drop_table("declined_mails")
    op.drop_column("messages", "kind")
