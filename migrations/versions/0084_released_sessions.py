"""Sessions that were released in a year are read from their index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def _create(**including: list[str]) -> None:
    op.drop_index("bookings_released_idx", "bookings")
    op.create_index(
        "bookings_released_idx",
        "bookings",
        ["coach_id", "released_at"],
        postgresql_where=sa.text("released_at is not null"),
        **including,
    )


def upgrade() -> None:
    _create(postgresql_include=["id"])


def downgrade() -> None:
    _create()
