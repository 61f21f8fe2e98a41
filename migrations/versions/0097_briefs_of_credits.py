"""What a session that is paid for without a time is to be about, with the fields of an ask; its session has them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None

SAID = """
update session_credits set brief_details = jsonb_strip_nulls(jsonb_build_object('not_about', nullif(a.not_about, ''),
    'tried', nullif(a.tried, ''), 'why_coach', nullif(a.why_coach, ''), 'aim', nullif(a.aim, ''), 'by_when', a.by_when))
from quotes q join asks a on a.id = q.ask_id
where q.credit_id = session_credits.id and session_credits.brief = a.about
"""
# What was written of a session since is its own.
CARRIED = """
update bookings set brief_details = c.brief_details
from session_credits c
where c.booking_id = bookings.id and bookings.brief = c.brief and bookings.brief_details = '{}'
"""


def upgrade() -> None:
    op.add_column("session_credits", sa.Column("brief_details", JSONB(), nullable=False, server_default="{}"))
    op.execute(SAID)
    op.execute(CARRIED)


def downgrade() -> None:
    op.drop_column("session_credits", "brief_details")
