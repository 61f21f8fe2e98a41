"""Named SQL statements: each stands whole in `sql/`, and is run with bound parameters.

A file holds statements, each after a line `-- name --` and what it is for; what stands before the first is said of all.
A parameter is written `:name`, with a cast (`:name::text`) where it is first compared with null or is an array: there
PostgreSQL cannot tell the type. Nothing is put into a statement but parameters. A line that ends in `-- if NAME` stands
in it where the parameter of that name is given, that is not null.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from psycopg import RawCursor
from sqlalchemy import CursorResult

from marketplace.db import session

FOLDER = Path(__file__).parent / "sql"
HEADING = re.compile(r"^-- (\w+) --$", re.MULTILINE)
COMMENT = re.compile(r"--.*")
PARAMETER = re.compile(r"(?<![:\w]):([a-z_0-9]+)")
IF_GIVEN = re.compile(r"^(.*)-- if (\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class SqlStatement:
    """A statement as PostgreSQL takes it, and the names of its parameters: $1 is the first of them."""

    sql: str
    parameters: tuple[str, ...]


def columns(rows: Iterable[Sequence[Any]], *names: str) -> dict[str, list[Any]]:
    """Rows as arrays, one for each column, for `unnest`."""
    rows = list(rows)
    return {name: [row[position] for row in rows] for position, name in enumerate(names)}


def run(name: str, parameters: Mapping[str, Any]) -> CursorResult[Any]:
    """Run the statement `name` with those of `parameters` that it has.

    It goes to the database as it is: there is nothing in it for SQLAlchemy to compile nor for psycopg to convert. Both
    took longer than running it; psycopg prepares statements of any length, but converts those above 4 kB each time.
    """
    given_names = frozenset(each for each in conditions(name) if parameters.get(each) is not None)
    statement = written(name, given_names)
    bound = tuple(parameters[each] for each in statement.parameters)
    connection = session().connection()
    driver: Any = connection.connection.driver_connection
    usual, driver.cursor_factory = driver.cursor_factory, RawCursor
    try:
        return connection.exec_driver_sql(statement.sql, bound)
    finally:
        driver.cursor_factory = usual


@cache
def sources() -> dict[str, str]:
    """What is written in `sql/` for each name."""
    return {name: body for path in sorted(FOLDER.glob("*.sql")) for name, body in parsed(path.read_text())}


def parsed(text: str) -> Iterator[tuple[str, str]]:
    """The statements of a file with their names."""
    _, *parts = HEADING.split(text)
    return zip(parts[::2], parts[1::2], strict=True)


@cache
def conditions(name: str) -> frozenset[str]:
    """The parameters without which some line of a statement does not stand."""
    return frozenset(found[2] for found in IF_GIVEN.finditer(sources()[name]))


@lru_cache(maxsize=512)
def written(name: str, given: frozenset[str] = frozenset()) -> SqlStatement:
    """A statement for those of its `conditions` that are given, without its comments."""
    chosen = IF_GIVEN.sub(lambda line: line[1] if line[2] in given else "", sources()[name])
    plain = " ".join(COMMENT.sub("", chosen).split()).removesuffix(";")
    names = tuple(dict.fromkeys(PARAMETER.findall(plain)))
    return SqlStatement(PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", plain), names)
