"""A paid first session is taken off a session that is paid for without a time, too."""

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

RULE = "intro_cents >= 0 and (intro_cents > 0) = (intro_id is not null)"
IN_USE = "intro_id is not null and status in ('unpaid', 'open', 'lost')"


def upgrade() -> None:
    table = "session_credits"
    first = sa.ForeignKey("bookings.id", ondelete="RESTRICT")
    op.add_column(table, sa.Column("intro_id", sa.Uuid(), first, nullable=True))
    op.add_column(table, sa.Column("intro_cents", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_check_constraint(op.f("session_credits_intro_check"), table, RULE)
    op.create_index(
        "session_credits_intro_counts_once", table, ["intro_id"], unique=True, postgresql_where=sa.text(IN_USE)
    )


def downgrade() -> None:
    op.drop_column("session_credits", "intro_id")
    op.drop_column("session_credits", "intro_cents")
