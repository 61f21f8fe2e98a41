"""Calendars elsewhere: what is busy in them, and the sessions that we write into them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("next_read_at", INSTANT, nullable=False),
        sa.Column("ok_at", INSTANT, nullable=True),
        sa.Column("read_until", INSTANT, nullable=True),
        sa.Column("read_zone", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("write_error", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("kind in ('ics', 'caldav')", name="calendars_kind_check"),
        sa.CheckConstraint("not writes or kind = 'caldav'", name="calendars_writes_check"),
        sa.CheckConstraint("(error is null) = (failures = 0)", name="calendars_failures_check"),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="calendars_coach_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="calendars_pkey"),
    )
    op.create_index("calendars_coach_id_idx", "calendars", ["coach_id"])
    op.create_index("calendars_next_read_at_idx", "calendars", ["next_read_at"])
    op.create_table(
        "busy_times",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="busy_times_interval_check"),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name="busy_times_calendar_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["coach_id"], ["coaches.id"], name="busy_times_coach_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="busy_times_pkey"),
        sa.UniqueConstraint("calendar_id", "starts_at", "ends_at", name="busy_times_calendar_id_starts_at_ends_at_key"),
    )
    op.create_index("busy_times_coach_ends_idx", "busy_times", ["coach_id", "ends_at"])
    op.create_table(
        "written_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("ics", sa.Text(), nullable=True),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_version", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name="written_events_calendar_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="written_events_pkey"),
        sa.UniqueConstraint("calendar_id", "uid", name="written_events_calendar_id_uid_key"),
    )
    op.create_index("written_events_next_try_at_idx", "written_events", ["next_try_at"])


def downgrade() -> None:
    for table in ("written_events", "busy_times", "calendars"):
        op.drop_table(table)
