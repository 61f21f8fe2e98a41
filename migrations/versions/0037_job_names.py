"""Jobs that wait under a former name bear the new one, arguments included."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

# Former name -> the one that worker.JOBS has.
NAMES = {
    "lapse_moves": "lapse_proposals",
    "compare_books": "run_reconciliation",
    "compare_nightly": "reconcile_nightly",
}
# By the new name of the job: an argument's former name -> its new one.
ARGUMENTS = {"run_reconciliation": ("comparison_id", "reconciliation_id")}

RENAME_JOBS = sa.text("update procrastinate_jobs set task_name = :new where task_name = :old")
RENAME_PERIODIC = sa.text("update procrastinate_periodic_defers set task_name = :new where task_name = :old")
RENAME_ARGUMENT = sa.text(
    "update procrastinate_jobs "
    "set args = args - cast(:old as text) || jsonb_build_object(cast(:new as text), args -> cast(:old as text)) "
    "where task_name = :name and jsonb_exists(args, :old)"
)


def upgrade() -> None:
    rename(op.get_bind(), NAMES, ARGUMENTS)


def downgrade() -> None:
    former = {new: old for old, new in NAMES.items()}
    rename(op.get_bind(), former, {former[name]: (new, old) for name, (old, new) in ARGUMENTS.items()})


def rename(connection: sa.Connection, names: dict[str, str], arguments: dict[str, tuple[str, str]]) -> None:
    for old, new in names.items():
        connection.execute(RENAME_JOBS, {"old": old, "new": new})
        connection.execute(RENAME_PERIODIC, {"old": old, "new": new})
    for name, (old, new) in arguments.items():
        connection.execute(RENAME_ARGUMENT, {"name": name, "old": old, "new": new})
