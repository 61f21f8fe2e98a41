"""Pooled database connections: alive when taken, in a transaction only to write."""

import select
import time
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

# Nothing tells us that a firewall between us and the database has forgotten a connection on which nobody spoke.
QUIET_FOR_SECONDS = 30


def watch(engine: Engine) -> None:
    """Give out no connection of this engine's pool that the database has closed, without asking it each time."""
    event.listen(engine, "checkout", _look)
    event.listen(engine, "checkin", _put_back)


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
