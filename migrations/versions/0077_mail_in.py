"""Secret addresses of coaches for forwarded mails, and the mails that came there."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "mail_in_addresses",
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text()),
        sa.Column("made_at", instant, nullable=False),
        sa.UniqueConstraint("digest", name="mail_in_addresses_digest_key"),
        sa.CheckConstraint("generation > 0", name="mail_in_addresses_generation_check"),
    )
    op.create_table(
        "received_mails",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="CASCADE"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary()),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("null_sender", sa.Boolean(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), sa.ForeignKey("invitations.id", ondelete="SET NULL")),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("answered_at", instant),
        sa.CheckConstraint("status in ('waiting', 'held', 'failed', 'used')", name="received_mails_status_check"),
        sa.CheckConstraint("(status = 'used') = (raw is null)", name="received_mails_raw_check"),
        sa.UniqueConstraint("coach_id", "digest", name="received_mails_coach_id_digest_key"),
    )
    op.create_index("received_mails_coach_idx", "received_mails", ["coach_id", "id"])
    op.create_index(
        "received_mails_waiting_idx", "received_mails", ["id"], postgresql_where=sa.text("status = 'waiting'")
    )
    op.create_index("received_mails_received_at_idx", "received_mails", ["received_at"])
    op.create_index("received_mails_invitation_id_idx", "received_mails", ["invitation_id"])


def downgrade() -> None:
    op.drop_table("received_mails")
    op.drop_table("mail_in_addresses")
