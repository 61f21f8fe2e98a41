"""Pooled database connections: alive when taken, in a transaction only to write."""

import select
import time
from collections.abc import Callable
from typing import Any

import click
import psycopg
from psycopg.errors import QueryCanceled
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

# Nothing tells us that a firewall between us and the database has forgotten a connection on which nobody spoke.
QUIET_FOR_SECONDS = 30
COMMITS_ALONE = "commits_alone"
WRITES = {"insert", "update", "delete"}


def watch(engine: Engine) -> None:
    """Give out no connection of this engine's pool that the database has closed, without asking it each time.

    A statement that writes is refused (RuntimeError) where it would be committed by itself, in autocommit mode, unless
    it is meant to be and carries the execution option `COMMITS_ALONE`.
    """
    event.listen(engine, "checkout", _look)
    event.listen(engine, "checkin", _put_back)
    event.listen(engine, "before_cursor_execute", _refuse_to_write_alone)


def stop_long_statements(engine: Engine, seconds: Callable[[], int]) -> None:
    """Have PostgreSQL stop each statement of this engine after so long, asked when a connection is made; 0: never.

    It is an option of the connection, so no request asks for it. A command that an operator has called may take long.
    """

    def limit(_dialect: Any, _record: Any, _positional: Any, named: dict[str, Any]) -> None:
        if (patience := seconds()) and click.get_current_context(silent=True) is None:
            named["options"] = f"{named.get('options', '')} -c statement_timeout={patience}s".strip()

    event.listen(engine, "do_connect", limit)


def was_stopped(error: BaseException | None) -> bool:
    """Did PostgreSQL stop a statement because it took too long? Looks at the causes too."""
    while error is not None:
        if isinstance(error, QueryCanceled):
            return True
        error = error.__cause__
    return False


def _refuse_to_write_alone(
    _connection: Any, cursor: psycopg.Cursor[Any], statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    if not cursor.connection.autocommit or context.execution_options.get(COMMITS_ALONE):
        return
    if context.isinsert or context.isupdate or context.isdelete or statement.lstrip()[:6].lower() in WRITES:
        raise RuntimeError("write inside a command: here this would be committed by itself")


def _look(connection: psycopg.Connection[Any], record: Any, _proxy: Any) -> None:
    quiet_since = record.info.get("quiet_since")
    if quiet_since is None:
        return
    # A server that closes a connection says so: its end can be read. Whoever is alive and not asked says nothing.
    has_said_something = _can_be_read(connection)
    if (has_said_something or time.monotonic() - quiet_since > QUIET_FOR_SECONDS) and not _answers(connection):
        # The others were closed by the same restart.
        raise InvalidatePoolError("the database closed this connection")


def _can_be_read(connection: psycopg.Connection[Any]) -> bool:
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _answers(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.autocommit = True
        connection.execute("select 1")
        connection.autocommit = False
    except psycopg.Error:
        return False
    return True


def _put_back(connection: psycopg.Connection[Any] | None, record: Any) -> None:
    record.info["quiet_since"] = time.monotonic()
    if connection is not None and connection.autocommit and not connection.closed:
        connection.autocommit = False


def read_only_now(connection: psycopg.Connection[Any]) -> bool:
    """Let each statement stand for itself from now on; False where a transaction is open already.

    At READ COMMITTED a statement sees what was committed before it began, in a transaction or outside of any: one
    around statements that only read is two more journeys to the database for nothing.
    """
    if connection.info.transaction_status != TransactionStatus.IDLE:
        return False
    connection.autocommit = True
    return True


def write_from_now(connection: psycopg.Connection[Any]) -> None:
    """Let the next statement begin a transaction."""
    if not connection.closed:
        connection.autocommit = False
