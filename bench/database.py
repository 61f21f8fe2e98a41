"""A database of the benchmarks' own, filled once and kept for the next run."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from devtools import postgres
from marketplace.cli import upgrade_database

INSTANCE = Path(__file__).parent.parent / "instance" / "bench"
# What docs/operating.md asks of a server: a quarter of the memory for pages, up to what a large town fills.
SHARED_MB = min(psutil.virtual_memory().total // 4, 4 * 2**30) // 2**20


@contextmanager
def server() -> Iterator[str]:
    """The address of DATABASE_URL's server as it is, or of one of our own with memory as in production."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with postgres.running(INSTANCE) as address:
        with psycopg.connect(postgres.with_database(address, "postgres"), autocommit=True) as connection:
            known = connection.execute("select setting::int * 8 / 1024 from pg_settings where name = 'shared_buffers'")
            tuned = known.fetchone() == (SHARED_MB,)
            connection.execute(f"alter system set shared_buffers = '{SHARED_MB}MB'")
        if not tuned:
            postgres.restart(INSTANCE)
        yield address


@contextmanager
def filled(name: str, recipe: str, fill: Callable[[psycopg.Connection], None], *, keep: bool) -> Iterator[str]:
    """The address of the database `name`, migrated and filled as `recipe` says; made anew where that has changed."""
    with server() as address:
        database = postgres.with_database(address, name)
        if not _is_of(address, name, recipe):
            postgres.drop_database(address, name)
            postgres.create_database(address, name)
            upgrade_database(database)
            with psycopg.connect(database, autocommit=True) as connection:
                fill(connection)
                connection.execute("vacuum (analyze)")
                connection.execute(f"comment on database {name} is '{recipe}'")
        else:
            upgrade_database(database)
        _warm(database)
        try:
            yield database
        finally:
            if not keep:
                postgres.drop_database(address, name)


def _is_of(address: str, name: str, recipe: str) -> bool:
    with psycopg.connect(postgres.with_database(address, "postgres"), autocommit=True) as connection:
        found = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]
        ).fetchone()
    return found is not None and found[0] == recipe


def _warm(database: str) -> None:
    """Read what has been kept since another day into memory, where a town in use has it."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create extension if not exists pg_prewarm")
        connection.execute(
            "select pg_prewarm(oid) from pg_class where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace"
        )
