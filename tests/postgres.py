"""Databases for tests: a migrated template, which all test processes share, and copies of it."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from devtools.postgres import never_durable, running, with_database
from marketplace.cli import upgrade_database

ROOT = Path(__file__).parent.parent
TEMPLATES = "fairhour_migrated_"
USED = "select datname, shobj_description(oid, 'pg_database') from pg_database where datname like %s"
DAYS_UNUSED = timedelta(days=2)
# Any number, but the same in every test process.
ONE_MIGRATES = 6172


@contextmanager
def server() -> Iterator[str]:
    """A server to make databases on: DATABASE_URL's, or one of our own under instance/."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with running(ROOT / "instance" / "tests") as address:
        never_durable(address)
        yield address


def _execute(address: str, statement: str, *names: str) -> None:
    with psycopg.connect(with_database(address, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def migrated(address: str) -> str:
    """The name of a database with every migration run, to be copied. The first who needs it makes it; it stays.

    Other checkouts, whose migrations differ, may use theirs on the same server: each says on which day it was used.
    """
    name = TEMPLATES + _migrations()
    today = datetime.now(UTC).date()
    with psycopg.connect(with_database(address, "postgres"), autocommit=True) as alone:
        alone.execute("select pg_advisory_lock(%s)", [ONE_MIGRATES])
        used: dict[str, str | None] = dict(alone.execute(USED, [f"{TEMPLATES}%"]).fetchall())
        if name not in used:
            for other in outdated(used, today):
                drop(address, other)
            made = f"unfinished_{name}"
            drop(address, made)
            _execute(address, "create database {}", made)
            upgrade_database(with_database(address, made))
            _execute(address, "alter database {} rename to {}", made, name)
        if used.get(name) != today.isoformat():
            _execute(address, f"comment on database {{}} is '{today}'", name)
    return name


def outdated(used: dict[str, str | None], today: date) -> list[str]:
    """Which templates nobody needs any more, by the day on which each was used last."""
    since = (today - DAYS_UNUSED).isoformat()
    return [name for name, day in used.items() if day is None or day < since]


def _migrations() -> str:
    """A name for what the migrations come to: another when one of them changes."""
    digest = hashlib.sha256()
    for file in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def drop(address: str, name: str) -> None:
    """Drop a database if there is one of that name, whoever is connected to it."""
    _execute(address, "drop database if exists {} with (force)", name)


def unused_name(purpose: str) -> str:
    """A name for a database that nobody has."""
    return f"fairhour_test_{purpose}_{os.getpid()}_{uuid.uuid4().hex[:6]}"


@contextmanager
def copy(address: str, template: str, purpose: str, name: str | None = None) -> Iterator[str]:
    """The address of a fresh copy of `template`, dropped afterwards."""
    name = name or unused_name(purpose)
    _execute(address, "create database {} template {} strategy file_copy", name, template)
    try:
        yield with_database(address, name)
    finally:
        drop(address, name)
