"""`make bench-ledger`: a coach's balance, an admin's month and the posting of a booking, on ten million rows.

What is timed is the application's own code. Posting is compared with the same rows, commits and indexes for reading,
inserted into a table that has no trigger and no constraint, in turns within the same seconds. The last line is one
JSON object; the exit status is 1 where a limit is broken.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, MetaData, Table, event, insert, text

from marketplace import clock
from marketplace.app import create_app
from marketplace.bookings.rules import shares
from marketplace.cli import upgrade_database
from marketplace.db import db, session, transactional, uuid7
from marketplace.ledger import queries, rules
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.service import post
from marketplace.ledger.service.closing import close_through
from marketplace.payments.models import Payment
from marketplace.payments.service import checkout

SQL = Path(__file__).parent / "ledger.sql"
MONTHS = 36
LAST_DAY = datetime(2027, 3, 1, tzinfo=UTC)
# As many as may wait to be summed, so that no tail is ever longer.
TAIL = rules.CLOSED_IN_LOTS_OF
LIMIT_MS = 20
LIMIT_RATIO = 0.75

BARE = """
    drop table if exists bare_entries;
    create table bare_entries (like ledger_entries including identity);
    do $$
    declare
        definition text;
    begin
        for definition in
            select pg_get_indexdef(i.indexrelid) from pg_index i
            where i.indrelid = 'ledger_entries'::regclass and not i.indisunique
        loop
            execute regexp_replace(
                regexp_replace(definition, 'INDEX ledger_entries_', 'INDEX bare_entries_'),
                'ON (\\w+\\.)?ledger_entries', 'ON bare_entries'
            );
        end loop;
    end $$;
"""


@dataclass(frozen=True)
class Sold:
    """A booking of one coach, as far as its money goes."""

    payment: Payment
    booking_id: uuid.UUID
    coach: str
    cents: int
    currency: str
    basis_points: int = 1000


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
    """A coach's balance, as her earnings show it, for coaches taken by chance."""
    names = session().scalars(text("select name from ledger_accounts where kind = 'coach' order by name")).all()
    session().commit()
    return [partial(queries.balances, name) for name in chance.choices(names, k=calls)]


def month_calls() -> list[Callable[[], object]]:
    """An admin's month, for each month there is."""
    first, months = date(LAST_DAY.year, LAST_DAY.month, 1), []
    for _ in range(MONTHS):
        months.append(first)
        first = (first - (first.replace(day=2) - first)).replace(day=1)
    return [partial(queries.month, first) for first in months * 3]


def sold(chance: random.Random, accounts: list[Any]) -> Sold:
    """A new booking; its payment is no row of the database."""
    name, currency = chance.choice(accounts)
    cents, booking_id = chance.randrange(3000, 20000), uuid7()
    payment = Payment(
        id=uuid7(),
        subject_id=booking_id,
        amount_cents=cents,
        currency=currency,
        tax_cents=0,
        charge_id=f"ch_{uuid7().hex}",
        fee_cents=cents * 29 // 1000 + 30,
    )
    return Sold(payment, booking_id, name, cents, currency)


@transactional
def pay(booking: Sold) -> None:
    """What recording its payment posts, by the code that records it."""
    checkout._book(booking.payment)


@transactional
def release(booking: Sold) -> None:
    """What releasing it posts; a test holds that these are the rows of `bookings.release`."""
    coach, fee = shares(booking.cents, booking.basis_points)
    for name, account, cents in (("coach", booking.coach, coach), ("fee", rules.REVENUE, fee)):
        post(
            f"release-{name}:{booking.booking_id}",
            debit=rules.SESSIONS_OWED,
            credit=account,
            cents=cents,
            currency=booking.currency,
            subject_id=booking.booking_id,
        )


def facts(booking: Sold) -> list[list[dict[str, Any]]]:
    """The same rows by transaction, with names of accounts, for who posts them without us."""
    paid, coach = booking.payment, shares(booking.cents, booking.basis_points)
    owed, about = rules.SESSIONS_OWED, {"subject_id": booking.booking_id, "currency": booking.currency}
    moves: list[list[tuple[Any, ...]]] = [
        [
            (f"paid:{paid.id}", rules.STRIPE, owed, booking.cents, paid.charge_id),
            (f"stripe-fee:{paid.id}", rules.STRIPE_FEES, rules.STRIPE, paid.fee_cents, paid.charge_id),
        ],
        [
            (f"release-coach:{booking.booking_id}", owed, booking.coach, coach[0], None),
            (f"release-fee:{booking.booking_id}", owed, rules.REVENUE, coach[1], None),
        ],
    ]
    names = ("key", "debit", "credit", "cents", "source")
    return [[dict(zip(names, move, strict=True)) | about for move in together] for together in moves]


class Bare:
    """The same inserts into a table without trigger or constraint."""

    def __init__(self) -> None:
        session().execute(text(BARE))
        session().commit()
        self.table = Table("bare_entries", MetaData(), autoload_with=db.engine)
        found = session().query(LedgerAccount.name, LedgerAccount.currency, LedgerAccount.id)
        self.ids = {(name, currency): key for name, currency, key in found}
        session().commit()

    def rows(self, booking: Sold) -> list[list[dict[str, Any]]]:
        """What to insert, made beforehand: nothing is looked up while it is timed."""
        return [[self._row(fact) for fact in together] for together in facts(booking)]

    def _row(self, fact: dict[str, Any]) -> dict[str, Any]:
        sides = {f"{side}_id": self.ids[fact[side], fact["currency"]] for side in ("debit", "credit")}
        kept = {name: value for name, value in fact.items() if name not in ("debit", "credit")}
        return {"id": uuid7(), "booked_at": clock.now()} | kept | sides

    @transactional
    def insert(self, rows: list[dict[str, Any]]) -> None:
        """One transaction, one INSERT a row, as the application does it."""
        for row in rows:
            session().execute(insert(self.table), row)


def _all(work: Callable[[Any], None], things: list[Any]) -> None:
    for thing in things:
        work(thing)


def posting_ratio(chance: random.Random, rounds: int, bookings: int) -> float:
    """Our throughput over that of the bare inserts: the median of rounds that take turns, each turn first in half."""
    coaches = text("select name, currency from ledger_accounts where kind = 'coach' order by name")
    accounts = list(session().execute(coaches).all())
    bare, ratios = Bare(), []
    for number in range(rounds + 1):
        ours = [sold(chance, accounts) for _ in range(bookings)]
        theirs = [bare.rows(sold(chance, accounts)) for _ in range(bookings)]
        apart = [rows for each in theirs for rows in each]
        turns: list[tuple[str, Callable[[], None]]] = [("ours", partial(_all, _post, ours))]
        turns.append(("bare", partial(_all, bare.insert, apart)))
        took = {}
        for name, turn in turns if number % 2 else reversed(turns):
            begun = time.perf_counter()
            turn()
            took[name] = time.perf_counter() - begun
        # The first round warms up.
        if number:
            ratios.append(took["bare"] / took["ours"])
    return statistics.median(ratios)


def _post(booking: Sold) -> None:
    pay(booking)
    release(booking)


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
        differing = queries.sums_that_differ()
        print(f"proof: {len(differing)} sums differ from their entries")
        found["sums_differ"] = len(differing)
    return found


def main() -> int:
    """Measure in the empty database at DATABASE_URL."""
    parser = argparse.ArgumentParser(prog="python -m bench.ledger", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--coaches", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--bookings", type=int, default=100, help="in each turn of a round")
    parser.add_argument("--calls", type=int, default=300, help="timed of each question")
    chosen = parser.parse_args()
    upgrade_database(os.environ["DATABASE_URL"])
    found = measure(create_app(), **vars(chosen))
    kept = (
        max(found["coach_balance_ms"], found["admin_month_ms"]) < LIMIT_MS
        and found["posting_ratio"] >= LIMIT_RATIO
        and found["sums_differ"] == 0
    )
    print(json.dumps(found))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
