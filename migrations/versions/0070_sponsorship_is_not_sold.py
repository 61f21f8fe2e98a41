"""Sponsorship is not sold: what was offered is withdrawn, and its coaches are told by a job."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

MARK = sa.text(
    "update coaches set sponsorship_ended_at = now(), kinds = coalesce(nullif(array_remove(kinds, 'sponsor'), '{}'), "
    "'{mentor}') where 'sponsor' = any(kinds) "
    "or id in (select coach_id from offerings where kind = 'sponsor' and active)"
)
WITHDRAW = sa.text("update offerings set active = false where kind = 'sponsor' and active")
# Harmless where it runs twice: the mail has a key.
TELL = sa.text(
    "insert into procrastinate_jobs (queue_name, task_name, queueing_lock, args) "
    "select 'default', 'announce_end_of_sponsorship', 'announce_end_of_sponsorship:' || id, "
    "jsonb_build_object('coach_id', id) from coaches where sponsorship_ended_at is not null "
    "on conflict (queueing_lock) where status = 'todo' do nothing"
)


def upgrade() -> None:
    op.add_column("coaches", sa.Column("sponsorship_ended_at", sa.DateTime(timezone=True)))
    for statement in (MARK, WITHDRAW, TELL):
        op.execute(statement)
    op.create_check_constraint(
        op.f("offerings_sold_kind_check"),
        "offerings",
        "not active or kind in ('mentor', 'tutor', 'career_coach', 'therapist')",
    )


def downgrade() -> None:
    op.drop_constraint("offerings_sold_kind_check", "offerings", type_="check")
    op.drop_column("coaches", "sponsorship_ended_at")
