"""The database: engine, session, Base, and the one place that commits."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

import uuid_utils
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, MetaData, Text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

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


def session() -> Session:
    """The session of this request or job."""
    return db.session


def driver_connection() -> Any:
    """The psycopg connection of the running transaction, for what must be written inside it."""
    return session().connection().connection.driver_connection


def transactional(command: Callable[P, R]) -> Callable[P, R]:
    """Commit when the outermost command returns, roll back when it raises; nested ones are savepoints."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        current = session()
        if current.info.get("in_command"):
            with current.begin_nested():
                return command(*args, **kwargs)
        current.info["in_command"] = True
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
    if current.info.get("in_command") or current.new or current.dirty or current.deleted:
        raise RuntimeError("never call another server inside a transaction")
    current.commit()
