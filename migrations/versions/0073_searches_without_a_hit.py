"""Searches without a hit, counted by day, topic and language."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_misses",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("language", sa.Text(), primary_key=True),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(topic) between 1 and 40", name="search_misses_topic_check"),
        sa.CheckConstraint("length(language) <= 40", name="search_misses_language_check"),
        sa.CheckConstraint("searches > 0", name="search_misses_searches_check"),
    )


def downgrade() -> None:
    op.drop_table("search_misses")
