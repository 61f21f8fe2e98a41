"""Running jobs for as long as the process lives: a PostgreSQL that goes away is waited for.

The library stops its worker when a connection is lost. Here it is started again with back-off, whatever a job came to
is recorded as soon as the database answers, and what was begun and never ended is given back by the next run.
"""

import asyncio
import logging
import random
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from marketplace import clock, connections

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# What is under way when a signal says stop may take so long, and the database as long to answer.
STOP_SECONDS = 20
# A pool that finds no connection for so long has lost its database.
ANSWER_SECONDS = 5
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0
CONNECT_SECONDS = 5

# What the library's log calls it, and where it says so.
SIDE_TASK_FAILED = "side_task_failed"
LIBRARY_LOG = "procrastinate.worker"

# The queue's own functions move a job also where another worker was given it meanwhile. Each attempt counts one up.
_FINISH = """
select procrastinate_finish_job_v1(id, %(status)s, %(delete_job)s)
from (
    select id from procrastinate_jobs where id = %(job_id)s and attempts = %(attempts)s and status = 'doing' for update
) as fetched
"""
_RETRY = """
select procrastinate_retry_job_v2(id, %(retry_at)s, %(priority)s, %(queue)s, %(lock)s)
from (
    select id from procrastinate_jobs where id = %(job_id)s and attempts = %(attempts)s and status = 'doing' for update
) as fetched
"""

log = structlog.get_logger()


def is_lost_connection(error: BaseException | None) -> bool:
    """Is the database away, rather than asked for something wrong or too much? Looks at the causes too."""
    while error is not None and not connections.was_stopped(error):
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return True
        error = error.__cause__
    return False


class LostConnections(logging.Filter):
    """Keeps what libraries say of a lost connection out of the log, several errors each time; it is told once here."""

    def filter(self, record: logging.LogRecord) -> bool:
        """False for an error that is one, and for what the driver and its pool warn of."""
        if record.name.partition(".")[0] == "psycopg":
            return record.levelno > logging.WARNING
        return not is_lost_connection(record.exc_info[1] if record.exc_info else None)


class FailedSideTasks(logging.Handler):
    """Knows why the library's worker ended by itself: it says so in its log, and then returns as if it had been asked.

    `failure` is what the last side task that failed raised: one that listens, sends heartbeats or plans periodic jobs.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.failure: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what a side task raised."""
        if getattr(record, "action", None) == SIDE_TASK_FAILED and record.exc_info:
            self.failure = record.exc_info[1]


class WorkerEnded(RuntimeError):
    """The library's worker ended, nobody had asked it to, and it did not say why."""


class BackOff:
    """Waits twice as long each time, with some luck in it, until `reset`."""

    def __init__(self) -> None:
        self.seconds = FIRST_WAIT_SECONDS

    async def wait(self) -> None:
        """Wait, and longer the next time."""
        await asyncio.sleep(self.seconds * random.uniform(0.5, 1))  # noqa: S311  it spreads load, it hides nothing
        self.seconds = min(2 * self.seconds, LONGEST_WAIT_SECONDS)

    def reset(self) -> None:
        """Begin with the shortest wait again."""
        self.seconds = FIRST_WAIT_SECONDS


class PersistentResults(JobManager):
    """Records what a job came to also where the database is away when it ends, so that it is not done again.

    It is recorded of the attempt that was fetched, once; a job that another worker was given meanwhile is that one's.
    """

    give_up_at: float | None = None

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """As the library's, as soon as the database answers."""
        await self._recorded(lambda: self._write(_FINISH, job, status=status.value, delete_job=delete_job))

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """As the library's, as soon as the database answers."""
        given = {"retry_at": retry_at or clock.of_the_machine(), "priority": priority, "queue": queue, "lock": lock}
        await self._recorded(lambda: self._write(_RETRY, job, **given))

    async def _write(self, statement: str, job: Job, **given: Any) -> None:
        await self.connector.execute_query_async(statement, job_id=job.id, attempts=job.attempts, **given)

    async def _recorded(self, record: Callable[[], Awaitable[None]]) -> None:
        back_off = BackOff()
        while True:
            try:
                return await record()
            except ConnectorException as error:
                given_up = self.give_up_at is not None and time.monotonic() > self.give_up_at
                if given_up or not is_lost_connection(error):
                    raise
            await back_off.wait()


class Runner:
    """Runs the jobs of one queue until a signal says stop. Raises what is no lost connection."""

    def __init__(self, jobs: procrastinate.App, database_url: str, **options: Any) -> None:
        self._jobs, self._database_url, self._options = jobs, database_url, options
        self._results = PersistentResults(jobs.connector)
        jobs.job_manager = self._results
        self._stopping = False
        self._running: asyncio.Task[None] | None = None
        self._began_at: float | None = None
        self._side_tasks = FailedSideTasks()

    def run_forever(self) -> None:
        """Run until a signal; what is under way is finished first."""
        for handler in logging.getLogger().handlers:
            handler.addFilter(LostConnections())
        library = logging.getLogger(LIBRARY_LOG)
        library.addHandler(self._side_tasks)
        try:
            asyncio.run(self._run_forever())
        finally:
            library.removeHandler(self._side_tasks)

    async def _run_forever(self) -> None:
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._stop)
        back_off = BackOff()
        lost_at: float | None = None
        while not self._stopping:
            self._running = asyncio.create_task(self._run_once(lost_at))
            try:
                await self._running
            except asyncio.CancelledError:
                break
            except Exception as error:
                self._raise_unless_lost(error)
            if self._stopping:
                break
            if self._began_at is not None and time.monotonic() - self._began_at > LONGEST_WAIT_SECONDS:
                back_off.reset()
            lost_at = await self._lost(lost_at, back_off)

    async def _run_once(self, lost_at: float | None) -> None:
        """One run of the library's worker. Raises what ended it; returns where it was told to stop."""
        self._began_at, self._side_tasks.failure = None, None
        if lost_at is not None:
            # Asked first, since a pool that cannot connect waits for long and says much.
            await (await psycopg.AsyncConnection.connect(self._database_url, connect_timeout=CONNECT_SECONDS)).close()
        async with self._jobs.open_async():
            if lost_at is not None:
                log.info("worker.database_answers", after_seconds=round(time.monotonic() - lost_at, 1))
            self._began_at = time.monotonic()
            await self._jobs.run_worker_async(install_signal_handlers=False, **self._options)
        if not self._stopping:
            raise self._side_tasks.failure or WorkerEnded

    def _raise_unless_lost(self, error: Exception) -> None:
        # Where a side task failed for a reason of its own, what came of that may look like a lost connection.
        for reason in (self._side_tasks.failure, error):
            if reason is not None and not is_lost_connection(reason):
                raise reason

    async def _lost(self, lost_at: float | None, back_off: BackOff) -> float:
        if self._began_at is not None or lost_at is None:
            log.warning("worker.database_lost", reason="the connection to PostgreSQL was lost; waiting for it")
            lost_at = time.monotonic()
        await back_off.wait()
        return lost_at

    def _stop(self) -> None:
        if self._stopping:
            return
        self._stopping = True
        self._results.give_up_at = time.monotonic() + STOP_SECONDS
        if self._running is not None:
            # The library ends gracefully when cancelled: no job is begun any more, those under way are finished.
            self._running.cancel()
