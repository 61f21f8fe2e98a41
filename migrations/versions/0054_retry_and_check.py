"""Jobs that wait under a former name bear the new one, and what keeps them single or in a row too."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

# Former name -> the one that worker.JOBS has.
NAMES = {
    "prove_free_ranges": "check_free_ranges",
    "prove_ledger": "check_ledger",
    "tell_meeting_link": "send_meeting_link",
    "tell_new_terms": "send_new_terms",
    "write_event": "export_event",
    "write_sessions": "export_sessions",
}
# Of the lock under which one job waits, the former beginning -> the new one; then the lane that runs one by one.
ONCE = {"tell_meeting_link:": "send_meeting_link:", "write:": "export:"}
LANES = {"calendars:write": "calendars:export"}

RENAME_JOBS = sa.text("update procrastinate_jobs set task_name = :new where task_name = :old")
RENAME_PERIODIC = sa.text("update procrastinate_periodic_defers set task_name = :new where task_name = :old")
RENAME_ONCE = sa.text(
    "update procrastinate_jobs set queueing_lock = :new || substr(queueing_lock, length(:old) + 1) "
    "where status = 'todo' and starts_with(queueing_lock, :old)"
)
RENAME_LANE = sa.text("update procrastinate_jobs set lock = :new where lock = :old and status in ('todo', 'doing')")


def upgrade() -> None:
    rename(op.get_bind(), NAMES, ONCE, LANES)


def downgrade() -> None:
    rename(op.get_bind(), *({new: old for old, new in table.items()} for table in (NAMES, ONCE, LANES)))


def rename(connection: sa.Connection, names: dict[str, str], once: dict[str, str], lanes: dict[str, str]) -> None:
    for statements, table in (
        ((RENAME_JOBS, RENAME_PERIODIC), names),
        ((RENAME_ONCE,), once),
        ((RENAME_LANE,), lanes),
    ):
        for old, new in table.items():
            for statement in statements:
                connection.execute(statement, {"old": old, "new": new})
