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


@pytest.mark.parametrize("error", [BROKEN, STOPPED])
@pytest.mark.parametrize(("attempts", "seconds"), [(0, 2), (3, 16), (9, 600), (10, None)])
def test_what_is_broken_is_given_up(error, attempts, seconds):
    assert waits(error, attempts) == seconds


@pytest.mark.parametrize(
    ("error", "attempts", "least", "most"),
    [
        (SILENT, 1, 2, 4),
        (SILENT, 4, 16, 32),
        (SILENT, 10, 120, 240),
        (SILENT, 3999, 120, 240),
        (NO_DATABASE, 9, 120, 240),
    ],
)
def test_who_does_not_answer_is_waited_for_and_not_asked_by_all_at_once(error, attempts, least, most):
    waited = [waits(error, attempts) or 0 for _ in range(200)]
    assert least <= min(waited) < max(waited) <= most


def test_stripe_may_be_away_for_a_weekend():
    assert waits(SILENT, 4000) is None
    assert timedelta(days=5).total_seconds() < 4000 * 120
