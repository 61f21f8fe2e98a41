"""A coach's away message, and an index by which a coach's mentees are listed."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coaches", sa.Column("away_message", sa.Text()))
    op.add_column("coaches", sa.Column("away_until", sa.Date()))
    op.create_check_constraint(
        op.f("coaches_away_check"), "coaches", "away_message <> '' and (away_message is not null or away_until is null)"
    )
    op.create_index(
        "bookings_pairs_idx",
        "bookings",
        ["coach_id", "mentee_id", "starts_at"],
        postgresql_where=sa.text("confirmed_at is not null"),
    )


def downgrade() -> None:
    op.drop_index("bookings_pairs_idx", "bookings")
    op.drop_constraint(op.f("coaches_away_check"), "coaches", type_="check")
    op.drop_column("coaches", "away_until")
    op.drop_column("coaches", "away_message")
