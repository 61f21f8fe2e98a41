"""When a job that failed is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.jobs import Job
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError

from marketplace.errors import Unavailable
from marketplace.jobs import Patience

BROKEN = ValueError("it cannot work")
SILENT = Unavailable("Stripe does not answer")
STOPPED = OperationalError("select pg_sleep(60)", {}, QueryCanceled())
STOPPED.__cause__ = STOPPED.orig
NO_DATABASE = OperationalError("select 1", {}, Exception("gone"))


def waits(error: Exception, attempts: int) -> float | None:
    """After how many seconds it is tried again; None for never."""
    job = Job(lock=None, queueing_lock=None, queue="default", task_name="send_refund", attempts=attempts)
    decision = Patience().get_retry_decision(exception=error, job=job)
    if decision is None or decision.retry_at is None:
        return None
    return round((decision.retry_at - datetime.now(UTC)).total_seconds())


@pytest.mark.parametrize(
    ("error", "attempts", "seconds"),
    [
        (BROKEN, 0, 2),
        (BROKEN, 3, 16),
        (BROKEN, 9, 600),
        (BROKEN, 10, None),
        (SILENT, 0, 2),
        (SILENT, 10, 600),
        (SILENT, 149, 600),
        (SILENT, 150, None),
        (NO_DATABASE, 10, 600),
        (STOPPED, 9, 600),
        (STOPPED, 10, None),
    ],
)
def test_what_is_broken_is_given_up_and_who_does_not_answer_is_waited_for(error, attempts, seconds):
    assert waits(error, attempts) == seconds


def test_stripe_may_be_away_for_a_day():
    assert sum(waits(SILENT, attempts) or 0 for attempts in range(150)) > timedelta(hours=23).total_seconds()
