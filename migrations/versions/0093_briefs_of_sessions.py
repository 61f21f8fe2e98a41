"""What a session is to be about, with the fields of an ask."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

# Sessions that came of an ask: what was said then belongs to their brief too. What is empty is not kept.
CARRIED = """
update bookings set brief_details = jsonb_strip_nulls(jsonb_build_object('not_about', nullif(a.not_about, ''),
    'tried', nullif(a.tried, ''), 'why_coach', nullif(a.why_coach, ''), 'aim', nullif(a.aim, ''), 'by_when', a.by_when))
from quotes q join asks a on a.id = q.ask_id
where q.booking_id = bookings.id and bookings.brief = a.about
"""


def upgrade() -> None:
    op.add_column("bookings", sa.Column("brief_details", JSONB(), nullable=False, server_default="{}"))
    op.execute(CARRIED)


def downgrade() -> None:
    op.drop_column("bookings", "brief_details")
