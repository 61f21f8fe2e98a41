"""Databases for tests: a migrated template, and copies of it."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from devtools.postgres import running, with_database
from marketplace.cli import upgrade_database


@contextmanager
def server() -> Iterator[str]:
    """A server to make databases on: DATABASE_URL's, or one of our own under instance/."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    instance = Path(__file__).parent.parent / "instance"
    instance.mkdir(exist_ok=True)
    with running(instance) as address:
        yield address


def _execute(address: str, statement: str, *names: str) -> None:
    with psycopg.connect(with_database(address, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def migrated(address: str) -> Iterator[str]:
    """The name of a database with every migration run, dropped afterwards."""
    name = f"fairhour_test_{os.getpid()}_{uuid.uuid4().hex[:6]}"
    _execute(address, "create database {}", name)
    try:
        upgrade_database(with_database(address, name))
        yield name
    finally:
        _execute(address, "drop database if exists {} with (force)", name)


@contextmanager
def copy(address: str, template: str, purpose: str) -> Iterator[str]:
    """The address of a fresh copy of `template`, dropped afterwards."""
    name = f"{template}_{purpose}_{uuid.uuid4().hex[:6]}"
    _execute(address, "create database {} template {}", name, template)
    try:
        yield with_database(address, name)
    finally:
        _execute(address, "drop database if exists {} with (force)", name)
