"""How each person reads: a locale, a clock of 12 or 24 hours, the day a week begins."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("locale", sa.Text(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("hour_cycle", sa.Text(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("first_weekday", sa.SmallInteger()))
    for name in ("locale", "hour_cycle"):
        op.alter_column("users", name, server_default=None)
    op.create_check_constraint("hour_cycle", "users", "hour_cycle in ('', 'h12', 'h23')")
    op.create_check_constraint("first_weekday", "users", "first_weekday between 0 and 6")


def downgrade() -> None:
    op.drop_constraint("first_weekday", "users", type_="check")
    op.drop_constraint("hour_cycle", "users", type_="check")
    for name in ("first_weekday", "hour_cycle", "locale"):
        op.drop_column("users", name)
