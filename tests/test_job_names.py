"""Jobs that wait under a former name run under the new one."""

import importlib

from sqlalchemy import text

from marketplace.db import session
from marketplace.jobs import enqueue
from marketplace.worker import JOBS

migration = importlib.import_module("migrations.versions.0037_job_names")


def test_a_job_that_waits_under_its_former_name_gets_the_new_one_and_its_argument_too():
    enqueue("compare_books", comparison_id="1", kept=2)
    enqueue("send_refund", comparison_id="1")
    migration.rename(session().connection(), migration.NAMES, migration.ARGUMENTS)
    found = session().execute(text("select task_name, args from procrastinate_jobs order by id")).all()
    assert [tuple(row) for row in found] == [
        ("run_reconciliation", {"reconciliation_id": "1", "kept": 2}),
        ("send_refund", {"comparison_id": "1"}),
    ]


def test_every_new_name_is_a_job_and_no_former_one_is():
    assert set(migration.NAMES.values()) <= set(JOBS)
    assert not set(migration.NAMES) & set(JOBS)
