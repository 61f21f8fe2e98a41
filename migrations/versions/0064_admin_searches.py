"""People are found by part of their name or address, and sessions are listed by their start, for admins."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = sa.Computed("lower(name || ' ' || email::text)", persisted=True)
    op.add_column("users", sa.Column("words", sa.Text(), words, nullable=False))
    op.create_index(
        "users_words_idx", "users", ["words"], postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}
    )
    op.create_index("users_name_idx", "users", ["name", "id"])
    op.create_index("bookings_starts_idx", "bookings", ["starts_at", "id"])
    op.create_index("messages_subject_idx", "messages", [sa.text("split_part(key, ':', 2)")])


def downgrade() -> None:
    op.drop_index("messages_subject_idx", "messages")
    op.drop_index("bookings_starts_idx", "bookings")
    op.drop_index("users_name_idx", "users")
    op.drop_index("users_words_idx", "users")
    op.drop_column("users", "words")
