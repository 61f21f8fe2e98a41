"""An index by which a coach's earned sessions of a year are found."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "bookings_released_idx",
        "bookings",
        ["coach_id", "released_at"],
        postgresql_where=sa.text("released_at is not null"),
    )


def downgrade() -> None:
    op.drop_index("bookings_released_idx", "bookings")
