"""Places in queues of coaches, when asks were answered, whom a no names, and what invitations cost by the card."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

WAITS = sa.text("status in ('waiting')")
INSTANT = sa.DateTime(timezone=True)
ANSWERED = """
update asks set answered_at = least(
    (select min(created_at) from quotes where ask_id = asks.id),
    (select min(created_at) from grants where ask_id = asks.id),
    case when status in ('answered', 'declined', 'booked') then ended_at end
)
"""


def upgrade() -> None:
    op.create_table(
        "ask_queue_places",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("asker_id", sa.Uuid(), sa.ForeignKey("users.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("written", JSONB(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("lapses_at", INSTANT, nullable=False),
        sa.Column("lapse_reason", sa.Text()),
        sa.Column("ended_at", INSTANT),
        sa.Column("ask_id", sa.Uuid(), sa.ForeignKey("asks.id", ondelete="RESTRICT")),
        sa.UniqueConstraint("ask_id", name="ask_queue_places_ask_id_key"),
        sa.CheckConstraint("status in ('waiting', 'sent', 'left', 'lapsed')", name="ask_queue_places_status_check"),
        sa.CheckConstraint(
            "lapse_reason in ('too_long', 'price', 'brief', 'gone')", name="ask_queue_places_lapse_reason_check"
        ),
        sa.CheckConstraint("price_cents > 0", name="ask_queue_places_price_check"),
        sa.CheckConstraint("(status = 'sent') = (ask_id is not null)", name="ask_queue_places_sent_check"),
        sa.CheckConstraint("(status = 'lapsed') = (lapse_reason is not null)", name="ask_queue_places_lapsed_check"),
        sa.CheckConstraint("(status in ('waiting')) = (ended_at is null)", name="ask_queue_places_ended_check"),
    )
    op.create_index(
        "ask_queue_places_line_idx", "ask_queue_places", ["coach_id", "joined_at", "id"], postgresql_where=WAITS
    )
    op.create_index(
        "ask_queue_places_one_idx", "ask_queue_places", ["coach_id", "asker_id"], unique=True, postgresql_where=WAITS
    )
    op.create_index("ask_queue_places_mine_idx", "ask_queue_places", ["asker_id", "id"])
    op.create_index("ask_queue_places_lapses_at_idx", "ask_queue_places", ["lapses_at"])
    op.add_column("ask_drafts", sa.Column("takes_place", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "ask_drafts",
        sa.Column("place_id", sa.Uuid(), sa.ForeignKey("ask_queue_places.id", ondelete="CASCADE")),
    )
    op.create_index("ask_drafts_place_id_idx", "ask_drafts", ["place_id"])
    op.add_column("asks", sa.Column("answered_at", sa.DateTime(timezone=True)))
    op.execute(ANSWERED)
    op.add_column("ask_settings", sa.Column("takes_referrals", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("asks", sa.Column("referred_to_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="RESTRICT")))
    op.create_index(
        "asks_referred_idx",
        "asks",
        ["referred_to_id", "ended_at"],
        postgresql_where=sa.text("referred_to_id is not null"),
    )
    op.create_check_constraint(
        "asks_referred_check",
        "asks",
        "referred_to_id is null or status = 'declined' and referred_to_id <> coach_id",
    )
    op.add_column("invitations", sa.Column("card_cents", sa.BigInteger()))
    op.add_column("invitations", sa.Column("card_currency", sa.Text()))
    op.create_check_constraint(
        "invitations_card_check", "invitations", "(card_cents is null) = (card_currency is null) and card_cents > 0"
    )
    op.create_index(
        "invitations_year_idx", "invitations", ["coach_id", "received_at"], postgresql_where=sa.text("ask_id is null")
    )


def downgrade() -> None:
    op.drop_index("invitations_year_idx", "invitations")
    op.drop_constraint("invitations_card_check", "invitations")
    op.drop_column("invitations", "card_currency")
    op.drop_column("invitations", "card_cents")
    op.drop_constraint("asks_referred_check", "asks")
    op.drop_index("asks_referred_idx", "asks")
    op.drop_column("asks", "referred_to_id")
    op.drop_column("ask_settings", "takes_referrals")
    op.drop_column("asks", "answered_at")
    op.drop_index("ask_drafts_place_id_idx", "ask_drafts")
    op.drop_column("ask_drafts", "place_id")
    op.drop_column("ask_drafts", "takes_place")
    op.drop_table("ask_queue_places")
