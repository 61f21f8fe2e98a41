"""Statements written once and handed to the driver as they are."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CursorResult

from marketplace.db import session

NAME = re.compile(r"(?<![:\w]):([a-z_0-9]+)")
# Of what psycopg cannot tell the type from the value.
CASTS = {
    "ids": "::uuid[]", "schedule_id": "::uuid", "minutes": "::int", "max_price_cents": "::bigint",
    **dict.fromkeys(("kind", "topic", "currency"), "::text"),
    **dict.fromkeys(("topics", "languages"), "::text[]"),
    **dict.fromkeys(("at", "until", "opens", "closes", "since", "before"), "::timestamptz[]"),
    **dict.fromkeys(("now", "free_at", "begins", "first", "last"), "::timestamptz"),
    **dict.fromkeys(("newly", "upto"), "::int[]"),
}  # fmt: skip


def by_name(rows: Sequence[Sequence[Any]], *names: str) -> dict[str, list[Any]]:
    """Columns of rows."""
    return {name: [row[position] for row in rows] for position, name in enumerate(names)}


def executed(statement: str, bound: dict[str, Any]) -> CursorResult[Any]:
    """The statement run with what of `bound` it names.

    It is handed to the driver as it is: there is nothing in it for SQLAlchemy to compile, and compiling it took longer
    than running it.
    """
    written, named = _written(statement)
    return session().connection().exec_driver_sql(written, {name: bound[name] for name in named})


@lru_cache
def _written(statement: str) -> tuple[str, frozenset[str]]:
    """As the driver wants it, and the names in it."""
    plain = " ".join(statement.replace("%", "%%").split())
    written = NAME.sub(lambda found: f"%({found[1]})s{CASTS.get(found[1], '')}", plain)
    return written, frozenset(NAME.findall(statement))
