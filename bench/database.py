"""A database of the benchmarks' own, filled once and kept for the next run."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from devtools import postgres
from marketplace.cli import upgrade_database

INSTANCE = Path(__file__).parent.parent / "instance"


@contextmanager
def server() -> Iterator[str]:
    """The address of DATABASE_URL's server, or of one of our own."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with postgres.running(INSTANCE) as address:
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
