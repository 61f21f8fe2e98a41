"""How often somebody has called, counted in the database by all processes together."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g
from limits.storage import Storage
from sqlalchemy import Connection, Text, delete, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from marketplace import clock, connections
from marketplace.db import Base, Instant, Words, db, session, transactional

COUNT = text(
    "insert into call_counts as c (key, calls, until) "
    "values (:key, :amount, clock_timestamp() + make_interval(secs => :expiry)) "
    "on conflict (key) do update set "
    "calls = case when c.until <= clock_timestamp() then excluded.calls else c.calls + excluded.calls end, "
    "until = case when c.until <= clock_timestamp() then excluded.until else c.until end "
    "returning calls, extract(epoch from until)::float"
)
READ = text(
    "select calls, extract(epoch from until)::float from call_counts where key = :key and until > clock_timestamp()"
)


class CallCount(Base):
    """Calls of one caller of one thing, until the window closes. Unlogged: a crash of the database forgets them."""

    __tablename__ = "call_counts"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    key: Mapped[Words] = mapped_column(Text, primary_key=True)
    calls: Mapped[int]
    until: Mapped[Instant]


@contextmanager
def _at_once() -> Iterator[Connection]:
    """A connection beside the request's transaction, whose statements are committed one by one."""
    alone: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", connections.COMMITS_ALONE: True}
    with db.engine.connect().execution_options(**alone) as connection:
        yield connection


class DatabaseStorage(Storage):
    """Fixed windows in our own database, each count a transaction of its own: a request that fails has called too.

    Named by `postgresql://` as RATELIMIT_STORAGE_URL. What a request has counted it does not read again.
    """

    STORAGE_SCHEME = ["postgresql"]  # noqa: RUF012  as its base declares it

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong below."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` calls more and answer how many there are in this window of `expiry` seconds."""
        with _at_once() as connection:
            calls, until = connection.execute(COUNT, {"key": key, "amount": amount, "expiry": expiry}).one()
        self._seen()[key] = (calls, until)
        return int(calls)

    def get(self, key: str) -> int:
        """The calls in the window that is open, 0 where there is none."""
        return self._read(key)[0]

    def get_expiry(self, key: str) -> float:
        """When the window closes, in seconds since 1970."""
        return self._read(key)[1]

    def _read(self, key: str) -> tuple[int, float]:
        seen = self._seen()
        if key not in seen:
            with _at_once() as connection:
                found = connection.execute(READ, {"key": key}).one_or_none()
            seen[key] = (found[0], found[1]) if found else (0, clock.now().timestamp())
        return seen[key]

    def _seen(self) -> dict[str, tuple[int, float]]:
        seen: dict[str, tuple[int, float]] = g.setdefault("calls_counted", {})
        return seen

    def check(self) -> bool:
        """Is the database there?"""
        with db.engine.connect() as connection:
            return connection.scalar(text("select 1")) == 1

    def reset(self) -> int:
        """Forget every count; how many there were."""
        with db.engine.begin() as connection:
            return connection.execute(delete(CallCount)).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with db.engine.begin() as connection:
            connection.execute(delete(CallCount).where(CallCount.key == key))
        self._seen().pop(key, None)


def count(key: str, *, seconds: int, amount: int = 1) -> int:
    """Count so many calls of `key`, answer how many are in its window. Kept whatever becomes of the caller."""
    with _at_once() as connection:
        calls, _until = connection.execute(COUNT, {"key": key, "amount": amount, "expiry": seconds}).one()
    return int(calls)


def counted(key: str) -> int:
    """The calls of `key` in the window that is open."""
    found = session().execute(READ, {"key": key}).one_or_none()
    return int(found[0]) if found else 0


@transactional
def forget_old_counts() -> None:
    """Forget windows that have closed."""
    session().execute(delete(CallCount).where(CallCount.until < text("clock_timestamp()")))
