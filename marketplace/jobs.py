"""Jobs are written in the transaction that wants them: they exist if and only if it commits."""

from datetime import datetime
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued

from marketplace import clock
from marketplace.db import driver_connection, session

# Never opened: every job is deferred on the caller's own connection.
_deferrer = App(connector=SyncPsycopgConnector())


def enqueue(name: str, *, at: datetime | None = None, once: str | None = None, **args: Any) -> None:
    """Write a job for the worker into the running transaction.

    `name` is a row of `worker.JOBS`, `args` are JSON values, `at` is the earliest instant by our clock. With
    `once`, a job that waits already under that name is not joined by a second.
    """
    options: dict[str, Any] = {"connection": driver_connection()}
    if at is not None:
        options["schedule_at"] = clock.on_the_machine(at)
    if once is not None:
        options["queueing_lock"] = once
    try:
        with session().begin_nested():
            _deferrer.configure_task(name, **options).defer(**args)
    except AlreadyEnqueued:
        return
