"""The database: engine, session, Base, and the one place that commits."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import wraps
from inspect import iscoroutinefunction
from typing import Annotated, Any, ParamSpec, TypeVar

import uuid_utils
from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import BigInteger, BindParameter, Connection, DateTime, MetaData, Select, Text, bindparam, event
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column

from marketplace import connections
from marketplace.errors import FairhourError

P = ParamSpec("P")
R = TypeVar("R")

db = SQLAlchemy(session_options={"expire_on_commit": False})

Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Words = Annotated[str, mapped_column(Text)]
Cents = Annotated[int, mapped_column(BigInteger)]


def uuid7() -> uuid.UUID:
    """A new UUIDv7 (RFC 9562): made before the insert, ordered by time, never a counter."""
    return uuid.UUID(int=uuid_utils.uuid7().int)


Key = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid7)]


class Base(DeclarativeBase):
    """Constraints have names, so that a refusal can be told by its name."""

    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        }
    )


def register_database(app: Flask, statement_seconds: int = 0) -> None:
    """Give the application an engine, whose connections are watched, and a session in each of its contexts.

    A statement that takes longer than `statement_seconds` is stopped; see `be_patient`.
    """
    db.init_app(app)
    app.extensions["statement_seconds"] = statement_seconds
    with app.app_context():
        connections.watch(db.engine)
        connections.stop_long_statements(db.engine, lambda: int(app.extensions["statement_seconds"]))
    # Closing sessions of an asynchronous kind, which nobody has here, takes a thread and a loop for each request.
    closing = app.teardown_appcontext_funcs
    closing[:] = [function for function in closing if not iscoroutinefunction(function)]
    app.teardown_appcontext(end_of_reading)


def be_patient(app: Flask, statement_seconds: int) -> None:
    """Let statements take so long on connections that are made from now on; 0 is as long as they like."""
    app.extensions["statement_seconds"] = statement_seconds


def session() -> Session:
    """The session of this request or job."""
    return db.session


def literals(name: str, words: Iterable[str]) -> BindParameter[str]:
    """The parameter `name` of a text that says "in :name": these words, written into it as they are, in one order.

    So PostgreSQL sees which partial index it may use.
    """
    return bindparam(name, sorted(words), expanding=True, literal_execute=True)


def begin_transaction() -> None:
    """Have a transaction from the next statement on, as a command has one.

    What is only read outside a command needs none, unless settings are to hold for several statements (`set local`).
    """
    _begin(session())


def _begin(current: Session) -> None:
    current.info["writing"] = True
    reading = current.info.pop("reading", None)
    if reading is not None:
        connections.write_from_now(reading)


def transactional(command: Callable[P, R]) -> Callable[P, R]:
    """Commit when the outermost command returns, roll back when it raises; nested ones are savepoints."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        current = session()
        if current.info.get("in_command"):
            with current.begin_nested():
                return command(*args, **kwargs)
        current.info["in_command"] = True
        _begin(current)
        try:
            result = command(*args, **kwargs)
            current.commit()
            return result
        except BaseException:
            current.rollback()
            raise
        finally:
            current.info["in_command"] = False

    return run


@contextmanager
def refusing(constraint: str, error: type[FairhourError] | FairhourError) -> Iterator[None]:
    """Turn the violation of a named constraint into the domain's own error."""
    try:
        yield
        session().flush()
    except IntegrityError as violation:
        diagnosis = getattr(violation.orig, "diag", None)
        if diagnosis is not None and diagnosis.constraint_name == constraint:
            raise error from violation
        raise


def outside_commands() -> None:
    """Refuse to wait on someone else's server while holding our locks; give the connection back meanwhile.

    Raises RuntimeError inside a command. Called by whatever talks to Stripe or a mail server.
    """
    current = session()
    if current.info.get("in_command") or _is_unsaved(current):
        raise RuntimeError("never call another server inside a transaction")
    current.commit()


class OutsideFirst(Exception):
    """Inside a command: `do` has to be done before it begins, since it asks another server."""

    def __init__(self, do: Callable[[], object]) -> None:
        super().__init__()
        self.do = do


def before_command(do: Callable[[], object]) -> None:
    """Do what asks another server; inside a command raise OutsideFirst: its runner does it and begins anew."""
    if session().info.get("in_command"):
        raise OutsideFirst(do)
    do()


def end_of_reading(error: BaseException | None = None) -> None:
    """Commit at the end of an application context a transaction in which was only read.

    A session that is just closed is rolled back, and psycopg forgets at each ROLLBACK whatever it has prepared on that
    connection: every request would have its statements parsed and planned anew. What was flushed outside a command is
    rolled back all the same.
    """
    current = session()
    reading = current.info.get("reading")
    stood_for_themselves = reading is not None and not reading.closed
    if error is not None or stood_for_themselves or not current.in_transaction():
        return
    if current.info.get("flushed") or _is_unsaved(current):
        return
    # A connection that is gone has nothing to commit; closing the session gives it up.
    with suppress(SQLAlchemyError):
        current.commit()


def _is_unsaved(current: Session) -> bool:
    return bool(current.new or current.dirty or current.deleted)


@event.listens_for(Session, "after_begin")
def _begins(current: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not (current.info.get("in_command") or current.info.get("writing")):
        reading: Any = connection.connection.driver_connection
        if connections.read_only_now(reading):
            current.info["reading"] = reading


@event.listens_for(Session, "after_transaction_create")
def _nests(current: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        _begin(current)


@event.listens_for(Session, "before_flush")
def _flushes(current: Session, _context: Any, _instances: Any) -> None:
    _begin(current)


@event.listens_for(Session, "after_flush")
def _has_flushed(current: Session, _context: Any) -> None:
    current.info["flushed"] = True


@event.listens_for(Session, "after_transaction_end")
def _has_ended(current: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        for what in ("flushed", "writing", "reading"):
            current.info.pop(what, None)


def ordered(
    chosen: Select[Any],
    columns: Mapping[str, Sequence[Any]],
    *,
    sort: str,
    descending: bool = False,
    offset: int = 0,
    limit: int | None = None,
) -> Select[Any]:
    """A page of what is chosen, by the columns that stand at `sort`; what is not known there stands last."""
    order = [(column.desc() if descending else column.asc()).nulls_last() for column in columns[sort]]
    return chosen.order_by(*order).offset(offset).limit(limit)
