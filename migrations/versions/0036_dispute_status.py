"""A dispute's status is one of the words that we know of Stripe's."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

STATUS = """status in ('warning_needs_response', 'warning_under_review', 'needs_response', 'under_review', 'lost',
    'appeal_needs_response', 'appeal_under_review', 'prevented', 'warning_closed', 'won')"""


def upgrade() -> None:
    op.create_check_constraint("disputes_status_check", "disputes", STATUS)


def downgrade() -> None:
    op.drop_constraint("disputes_status_check", "disputes", type_="check")
