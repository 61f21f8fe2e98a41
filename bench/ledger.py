"""`make bench-ledger`: a coach's balance, an admin's month and the posting of a booking, on ten million rows.

What is timed is the application's own code. Posting is compared with the same rows, statements and commits into a table
of the same size that has the same indexes for reading, but no trigger and no constraint, booking by booking in turns.
The last line is one JSON object; the exit status is 1 where a limit is broken.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, text

from bench.postings import posting_ratio
from marketplace import environment
from marketplace.app import create_app
from marketplace.cli import upgrade_database
from marketplace.db import begin_transaction, db, session
from marketplace.ledger import rules
from marketplace.ledger.queries import balances as balance_queries
from marketplace.ledger.queries import consistency as ledger_consistency
from marketplace.ledger.queries import months as month_queries
from marketplace.ledger.service.closings import close_through

SQL = Path(__file__).parent / "ledger.sql"
MONTHS = 36
LAST_DAY = datetime(2027, 3, 1, tzinfo=UTC)
# As many as may wait to be summed, so that no tail is ever longer.
TAIL = rules.CLOSED_IN_LOTS_OF
LIMIT_MS = 20
LIMIT_RATIO = 0.75


@dataclass
class SqlTime:
    """Seconds that statements took, as the driver saw them."""

    seconds: float = 0.0
    _begun: list[float] = field(default_factory=list)

    @contextmanager
    def listening(self, engine: Engine) -> Iterator["SqlTime"]:
        """Count the statements of `engine` meanwhile."""
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "after_cursor_execute", self._end)
        try:
            yield self
        finally:
            event.remove(engine, "before_cursor_execute", self._begin)
            event.remove(engine, "after_cursor_execute", self._end)

    def _begin(self, *_args: Any) -> None:
        self._begun.append(time.perf_counter())

    def _end(self, *_args: Any) -> None:
        self.seconds += time.perf_counter() - self._begun.pop()


def generate(rows: int, coaches: int) -> None:
    """Fill the ledger with `rows` entries of three years and close all but the last."""
    begin_transaction()
    session().execute(text("set local synchronous_commit = off"))
    session().execute(text("set local maintenance_work_mem = '512MB'"))
    session().execute(text("set local work_mem = '256MB'"))
    for statement in SQL.read_text().split(";;\n"):
        session().execute(text(statement), {"rows": rows, "coaches": coaches, "months": MONTHS, "last_day": LAST_DAY})
    session().commit()
    last = session().scalar(text("select max(seq) from ledger_entries")) or 0
    close_through(last - TAIL)
    session().commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("entries", "accounts", "closed_balances", "closed_days", "closed_months", "closings"):
            connection.execute(text(f"vacuum analyze ledger_{table}"))


def median_ms(calls: list[Callable[[], object]]) -> tuple[float, float]:
    """The median of what these calls wait for PostgreSQL, and of all they take, in milliseconds."""
    waits, wholes = [], []
    for call in calls:
        spent = SqlTime()
        begun = time.perf_counter()
        with spent.listening(db.engine):
            call()
        wholes.append(time.perf_counter() - begun)
        waits.append(spent.seconds)
        session().commit()
    return statistics.median(waits) * 1000, statistics.median(wholes) * 1000


def balance_calls(chance: random.Random, calls: int) -> list[Callable[[], object]]:
    """A coach's balance, as the earnings page shows it, for coaches taken by chance."""
    names = session().scalars(text("select name from ledger_accounts where kind = 'coach' order by name")).all()
    session().commit()
    return [partial(balance_queries.balances, name) for name in chance.choices(names, k=calls)]


def month_calls() -> list[Callable[[], object]]:
    """An admin's month, for each month there is."""
    first, months = date(LAST_DAY.year, LAST_DAY.month, 1), []
    for _ in range(MONTHS):
        months.append(first)
        first = (first - (first.replace(day=2) - first)).replace(day=1)
    return [partial(month_queries.month, first) for first in months * 3]


def measure(app: Flask, *, rows: int, coaches: int, rounds: int, bookings: int, calls: int) -> dict[str, Any]:
    """Generate, time, compare; what the last line says."""
    chance = random.Random(1)
    with app.app_context():
        begun = time.perf_counter()
        generate(rows, coaches)
        count = session().scalar(text("select count(*) from ledger_entries"))
        print(f"{count:,} entries of {coaches:,} coaches, made and closed in {time.perf_counter() - begun:.0f} s")
        found: dict[str, Any] = {"rows": count}
        for name, timed in (
            ("coach_balance_ms", balance_calls(chance, calls)),
            ("admin_month_ms", month_calls()[:calls]),
        ):
            for call in timed[:5]:
                call()
            waits, whole = median_ms(timed)
            print(f"{name}: {waits:.2f} of PostgreSQL, {whole:.2f} in all, medians of {len(timed)} calls")
            found[name] = round(waits, 2)
        found["posting_ratio"] = round(posting_ratio(chance, rounds, bookings), 3)
        print(f"posting: {found['posting_ratio']} of the throughput without triggers and constraints")
        differing = ledger_consistency.sums_that_differ()
        print(f"proof: {len(differing)} sums differ from their entries")
        found["sums_differ"] = len(differing)
    return found


def main() -> int:
    """Measure in the empty database at DATABASE_URL."""
    parser = argparse.ArgumentParser(prog="python -m bench.ledger", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--coaches", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=101)
    parser.add_argument("--bookings", type=int, default=20, help="of each side in a round")
    parser.add_argument("--calls", type=int, default=300, help="timed of each question")
    chosen = parser.parse_args()
    upgrade_database(os.environ["DATABASE_URL"])
    # Production has no clock to move, and does not read a file to tell the time.
    # Ten million rows are written by single statements, for which no web server waits.
    app = create_app(replace(environment.read(os.environ), clock_file="", statement_timeout_seconds=0))
    found = measure(app, **vars(chosen))
    kept = (
        max(found["coach_balance_ms"], found["admin_month_ms"]) < LIMIT_MS
        and found["posting_ratio"] >= LIMIT_RATIO
        and found["sums_differ"] == 0
    )
    print(json.dumps(found))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
