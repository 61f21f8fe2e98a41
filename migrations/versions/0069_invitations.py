"""Invitations to meetings elsewhere, how they are priced, and who wants no quotes for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT, JSONB

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

STATES = "'waiting', 'quoted', 'accepted', 'declined', 'lapsed', 'cancelled'"
FINAL = "'accepted', 'declined', 'lapsed', 'cancelled'"
STANDING = sa.text("status in ('waiting', 'quoted', 'accepted')")


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="RESTRICT"), nullable=False),
        sa.Column("ask_id", sa.Uuid(), sa.ForeignKey("asks.id", ondelete="RESTRICT")),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("instance", instant),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", instant),
        sa.Column("organiser_name", sa.Text(), nullable=False),
        sa.Column("organiser_email", CITEXT(), nullable=False),
        sa.Column("invited_as", sa.Text(), nullable=False),
        sa.Column("attendees", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("starts_at", instant, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("recurs", sa.Boolean(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("endless", sa.Boolean(), nullable=False),
        sa.Column("doubts", JSONB(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("told_at", instant),
        sa.Column("ended_at", instant),
        sa.CheckConstraint(f"status in ({STATES})", name="invitations_status_check"),
        sa.CheckConstraint("source in ('upload', 'mail')", name="invitations_source_check"),
        sa.CheckConstraint("minutes between 10 and 480", name="invitations_minutes_check"),
        sa.CheckConstraint("sessions >= 1 and attendees >= 0 and sequence >= 0", name="invitations_counts_check"),
        sa.CheckConstraint(
            "status <> 'quoted' and status <> 'accepted' or ask_id is not null", name="invitations_quoted_check"
        ),
        sa.CheckConstraint(f"(status in ({FINAL})) = (ended_at is not null)", name="invitations_ended_check"),
    )
    op.create_index("invitations_ask_id_idx", "invitations", ["ask_id"])
    op.create_index("invitations_organiser_email_idx", "invitations", ["organiser_email"])
    op.create_index("invitations_coach_idx", "invitations", ["coach_id", "id"])
    op.create_index(
        "invitations_one_standing_idx",
        "invitations",
        ["coach_id", "uid", "instance"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=STANDING,
    )
    op.create_index(
        "invitations_told_idx", "invitations", ["coach_id", "told_at"], postgresql_where=sa.text("told_at is not null")
    )
    op.create_index(
        "invitations_waiting_idx", "invitations", ["starts_at"], postgresql_where=sa.text("status = 'waiting'")
    )
    op.create_index("invitations_quoted_idx", "invitations", ["id"], postgresql_where=sa.text("status = 'quoted'"))
    op.create_table(
        "invitation_settings",
        sa.Column("coach_id", sa.Uuid(), sa.ForeignKey("coaches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("preparation_minutes", sa.Integer(), nullable=False),
        sa.Column("group_percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("preparation_minutes between 0 and 240", name="invitation_settings_preparation_check"),
        sa.CheckConstraint("group_percent between 0 and 100", name="invitation_settings_group_check"),
    )
    op.create_table(
        "invitation_stops",
        sa.Column("email", CITEXT(), primary_key=True),
        sa.Column("created_at", instant, nullable=False),
    )


def downgrade() -> None:
    for name in ("invitation_stops", "invitation_settings", "invitations"):
        op.drop_table(name)
