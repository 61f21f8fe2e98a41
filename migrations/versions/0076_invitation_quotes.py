"""Asks that came from invitations, and the events of sessions that did."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

WAITING = "status in ('open', 'quoted')"


def _one_open(condition: str) -> None:
    op.drop_index("asks_one_open_idx", "asks")
    op.create_index(
        "asks_one_open_idx", "asks", ["coach_id", "asker_id"], unique=True, postgresql_where=sa.text(condition)
    )


def upgrade() -> None:
    op.add_column("asks", sa.Column("origin", sa.Text(), nullable=False, server_default="ask"))
    op.create_check_constraint(op.f("asks_origin_check"), "asks", "origin in ('ask', 'invitation')")
    _one_open(f"{WAITING} and origin = 'ask'")
    op.add_column("bookings", sa.Column("calendar_uid", sa.Text()))
    op.add_column("bookings", sa.Column("calendar_instance", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("bookings", "calendar_instance")
    op.drop_column("bookings", "calendar_uid")
    _one_open(WAITING)
    op.drop_constraint(op.f("asks_origin_check"), "asks", type_="check")
    op.drop_column("asks", "origin")
