"""Jobs are written in the transaction that wants them: they exist if and only if it commits."""

import json
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job, Status
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from marketplace import clock, connections
from marketplace.db import begin_transaction, literals, session, transactional
from marketplace.errors import Conflict, NotFound, Unavailable

# A job that fails by itself will fail again: so many attempts, then it stays, for an admin to see and rerun.
ATTEMPTS = 10
# Where Stripe or the database does not answer nothing is wrong with the job: it waits for them a week.
ATTEMPTS_ELSEWHERE = 4000
LONGEST_WAIT_SECONDS = 600
# What answers again is to find its work done within minutes.
LONGEST_WAIT_ELSEWHERE_SECONDS = 240

# States of a job, in the queue's words: it waits or runs; it does, or waits for a person.
OPEN = frozenset({Status.TODO.value, Status.DOING.value})
ENDED = frozenset({Status.SUCCEEDED.value, Status.FAILED.value})
UNFINISHED = OPEN | {Status.FAILED.value}

# The queue's own function refuses a second job that waits under one name with an error, which PostgreSQL logs.
_ENQUEUE = text(
    "insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, scheduled_at) "
    "values ('default', :name, :lane, :once, cast(:args as jsonb), :at) "
    "on conflict (queueing_lock) where status = 'todo' do nothing"
)

# A process of an earlier version that is not restarted yet enqueues under these; migrations rename what waits.
FORMER_NAMES: dict[str, str] = {
    "check_free_ranges": "prove_free_ranges",
    "check_ledger": "prove_ledger",
    "export_event": "write_event",
    "export_sessions": "write_sessions",
    "send_meeting_link": "tell_meeting_link",
    "send_new_terms": "tell_new_terms",
}


class Patience(BaseRetryStrategy):
    """When a job that failed is tried again: after 2, 4, 8 … seconds, at most ten minutes apart.

    Who waits for somebody else waits for some part of that, by luck: they do not all come at once when it answers.
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When; None after the last attempt."""
        elsewhere = isinstance(exception, Unavailable | OperationalError) and not connections.was_stopped(exception)
        if job.attempts >= (ATTEMPTS_ELSEWHERE if elsewhere else ATTEMPTS):
            return None
        doubled = 2 ** min(job.attempts + 1, 20)
        if not elsewhere:
            return RetryDecision(retry_in={"seconds": min(doubled, LONGEST_WAIT_SECONDS)})
        longest = min(doubled, LONGEST_WAIT_ELSEWHERE_SECONDS)
        return RetryDecision(retry_in={"seconds": math.ceil(longest * random.uniform(0.5, 1))})  # noqa: S311  no secret


def enqueue(
    name: str, *, at: datetime | None = None, once: str | None = None, lane: str | None = None, **args: Any
) -> None:
    """Write a job for the worker into the running transaction.

    `name` is a row of `worker.JOBS`, `args` are JSON values, `at` is the earliest instant by our clock. With
    `once`, a job that waits already under that name is not joined by a second; jobs of one `lane` run one by one.
    """
    begin_transaction()
    given = {"name": name, "lane": lane, "once": once, "args": json.dumps(args)}
    session().execute(_ENQUEUE, given | {"at": None if at is None else clock.on_the_machine(at)})


@transactional
def begin(job_id: int | None) -> None:
    """Note that a job which was enqueued `once` no longer waits, so that a later request for it is not lost."""
    begun = text("update procrastinate_jobs set queueing_lock = null where id = :id")
    session().execute(begun, {"id": job_id})


class WaitsAlready(Conflict):
    """The same job waits in the queue already."""


@dataclass(frozen=True)
class FailedJob:
    """A job that was tried for the last time. `failed_at` is by the machine's clock."""

    id: int
    name: str
    args: dict[str, Any]
    attempts: int
    failed_at: datetime | None


def unfinished(*names: str, argument: str) -> set[str]:
    """The values of `argument` for which a job of these names waits, runs, or has failed and waits for a person."""
    chosen = text(
        "select args ->> :argument from procrastinate_jobs "
        "where task_name = any(:names) and status in :unfinished and args ->> :argument is not null"
    ).bindparams(literals("unfinished", UNFINISHED))
    return set(session().scalars(chosen, {"names": list(names), "argument": argument}))


def failed(limit: int = 100) -> Sequence[FailedJob]:
    """Jobs that nobody tries any more, the newest first."""
    chosen = text(
        "select id, task_name, args, attempts, (select max(at) from procrastinate_events e where e.job_id = j.id) "
        "from procrastinate_jobs j where status = 'failed' order by id desc limit :limit"
    )
    return [FailedJob(*row) for row in session().execute(chosen, {"limit": limit})]


@dataclass(frozen=True)
class JobOf:
    """A job that names a thing; `status` in the queue's words, `written_at` and `ended_at` by the machine's clock."""

    id: int
    name: str
    status: str
    attempts: int
    written_at: datetime | None
    ended_at: datetime | None


def about(ids: Sequence[str], limit: int = 100) -> Sequence[JobOf]:
    """Jobs with one of these ids among their arguments, the newest first; done ones are kept for some days."""
    chosen = text("""
        select id, task_name, status::text, attempts,
            (select min(at) from procrastinate_events e where e.job_id = j.id),
            (select max(at) from procrastinate_events e where e.job_id = j.id and type::text in :ended)
        from procrastinate_jobs j
        where exists (select from jsonb_each_text(args) as given where given.value = any(:ids))
        order by id desc limit :limit
    """).bindparams(literals("ended", ENDED))
    return [JobOf(*row) for row in session().execute(chosen, {"ids": list(ids), "limit": limit})]


@dataclass(frozen=True)
class PendingJobs:
    """Jobs of one name that are under way: due now, running, or to be tried again. Jobs meant for later are none.

    `since` is when the oldest was written, `next_at` when the next is tried, both by the machine's clock.
    """

    name: str
    due: int
    running: int
    to_retry: int
    since: datetime
    next_at: datetime | None


def pending() -> Sequence[PendingJobs]:
    """What the workers have still to do before they are at rest, the oldest first."""
    chosen = text("""
        select task_name, count(*) filter (where status = 'todo' and attempts = 0),
            count(*) filter (where status = 'doing'), count(*) filter (where status = 'todo' and attempts > 0),
            min((select min(at) from procrastinate_events e where e.job_id = j.id)) as since,
            min(scheduled_at) filter (where status = 'todo' and attempts > 0) as next_at
        from procrastinate_jobs j
        where status = 'doing' or (status = 'todo' and (attempts > 0 or scheduled_at is null or scheduled_at <= :now))
        group by task_name order by since, task_name
    """)
    return [PendingJobs(*row) for row in session().execute(chosen, {"now": clock.of_the_machine()})]


def count_failed() -> int:
    """How many jobs nobody tries any more."""
    return int(session().scalar(text("select count(*) from procrastinate_jobs where status = 'failed'")) or 0)


def rerun(job_id: int) -> None:
    """Put a failed job back into the queue, in the running transaction; NotFound where it has not failed,
    WaitsAlready where it was enqueued `once` and has a successor.

    The queue counts its attempts on, so one more failure is final again.
    """
    is_failed = text("select id from procrastinate_jobs where id = :id and status = 'failed' for update")
    if session().scalar(is_failed, {"id": job_id}) is None:
        raise NotFound
    try:
        with session().begin_nested():
            session().execute(text("select procrastinate_retry_job_v2(:id, null, null, null, null)"), {"id": job_id})
    except IntegrityError as error:
        raise WaitsAlready from error


def heartbeat_age() -> timedelta | None:
    """How long ago the liveliest worker was heard of, by the machine's clock; None without any."""
    last = session().scalar(text("select max(last_heartbeat) from procrastinate_workers"))
    return None if last is None else clock.of_the_machine() - last
