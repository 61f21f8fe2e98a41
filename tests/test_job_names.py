"""Jobs that wait under a former name run under the new one."""

import importlib

import pytest
from sqlalchemy import text

from marketplace.db import session
from marketplace.jobs import FORMER_NAMES, enqueue
from marketplace.worker import JOBS, queue

ROWS = text("select task_name, args, queueing_lock, lock from procrastinate_jobs order by id")
first = importlib.import_module("migrations.versions.0037_job_names")
second = importlib.import_module("migrations.versions.0054_retry_and_check")


def test_a_job_that_waits_under_its_former_name_gets_the_new_one_and_its_argument_too():
    enqueue("compare_books", comparison_id="1", kept=2)
    enqueue("send_refund", comparison_id="1")
    first.rename(session().connection(), first.NAMES, first.ARGUMENTS)
    assert [tuple(row)[:2] for row in session().execute(ROWS)] == [
        ("run_reconciliation", {"reconciliation_id": "1", "kept": 2}),
        ("send_refund", {"comparison_id": "1"}),
    ]


def test_what_keeps_waiting_jobs_single_or_in_a_row_does_so_under_the_new_names():
    enqueue("write_event", once="write:1", lane="calendars:write", event_id="1")
    enqueue("tell_meeting_link", once="tell_meeting_link:2", coach_id="2", change="3")
    enqueue("send_message", once="write-up", message_id="4")
    second.rename(session().connection(), second.NAMES, second.ONCE, second.LANES)
    enqueue("export_event", once="export:1", lane="calendars:export", event_id="1")
    assert [tuple(row) for row in session().execute(ROWS)] == [
        ("export_event", {"event_id": "1"}, "export:1", "calendars:export"),
        ("send_meeting_link", {"coach_id": "2", "change": "3"}, "send_meeting_link:2", None),
        ("send_message", {"message_id": "4"}, "write-up", None),
    ]


@pytest.mark.parametrize("migration", [first, second])
def test_every_new_name_is_a_job_and_no_former_one_is(migration):
    assert set(migration.NAMES.values()) <= set(JOBS)
    assert not set(migration.NAMES) & set(JOBS)


def test_what_an_earlier_version_enqueues_after_the_migration_is_done_by_this_one(app):
    assert {former: name for name, former in FORMER_NAMES.items()} == second.NAMES
    jobs = queue(app)
    assert {former: jobs.tasks[former].name for former in second.NAMES} == second.NAMES
