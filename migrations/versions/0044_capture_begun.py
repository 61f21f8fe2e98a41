"""When the capture of a payment was begun: until then a cancellation wins, from then on it is refused."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("capture_begun_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("payments_capture_check"), "payments", "capture_begun_at is null or capture_wanted_at is not null"
    )
    # What was approved before may have been asked for already.
    op.execute("update payments set capture_begun_at = capture_wanted_at")


def downgrade() -> None:
    op.drop_constraint(op.f("payments_capture_check"), "payments", type_="check")
    op.drop_column("payments", "capture_begun_at")
