"""Times that go with a quote."""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "quotes",
        sa.Column("offered_times", sa.ARRAY(sa.DateTime(timezone=True)), nullable=False, server_default="{}"),
    )
    op.create_check_constraint(
        op.f("quotes_offered_times_check"),
        "quotes",
        "cardinality(offered_times) <= case form when 'written' then 0 else 5 end",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("quotes_offered_times_check"), "quotes", type_="check")
    op.drop_column("quotes", "offered_times")
