"""Postings for `make bench-ledger`: the application's, and the same rows into a bare table."""

import random
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sqlalchemy import text

from marketplace import clock
from marketplace.bookings.earnings.rules import shares
from marketplace.db import db, session, transactional, uuid7
from marketplace.ledger import rules
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.service.postings import post_all
from marketplace.payments.models import Payment
from marketplace.payments.service import checkouts

# As many rows in as many indexes for reading: what differs is what protects them, not how large they are.
BARE = """
    set local maintenance_work_mem = '512MB';
    create table bare_entries (like ledger_entries including identity);
    insert into bare_entries (id, key, debit_id, credit_id, cents, currency, subject_id, source, booked_at)
        select id, key, debit_id, credit_id, cents, currency, subject_id, source, booked_at from ledger_entries;
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

INSERT = """
insert into bare_entries (id, key, cents, debit_id, credit_id, currency, subject_id, source, booked_at)
values {rows}
"""
_ROW = """(%(id{n})s, %(key{n})s, %(cents{n})s, %(debit_id{n})s, %(credit_id{n})s, %(currency)s, %(subject_id)s,
        %(source)s, %(booked_at)s)"""


@dataclass(frozen=True)
class Sold:
    """A booking of one coach, as far as its money goes."""

    payment: Payment
    booking_id: uuid.UUID
    coach: str
    cents: int
    currency: str
    basis_points: int = 1000


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
    checkouts._book(booking.payment)


@transactional
def release(booking: Sold) -> None:
    """What releasing it posts; a test holds that these are the rows of `bookings.release`."""
    coach, fee = shares(booking.cents, booking.basis_points)
    postings = [
        rules.Posting(f"release-coach:{booking.booking_id}", rules.SESSIONS_OWED, booking.coach, coach),
        rules.Posting(f"release-fee:{booking.booking_id}", rules.SESSIONS_OWED, rules.REVENUE, fee),
    ]
    post_all(postings, currency=booking.currency, subject_id=booking.booking_id)


@dataclass(frozen=True)
class Together:
    """The rows of one transaction, for who posts them without us."""

    postings: list[rules.Posting]
    source: str | None


def facts(booking: Sold) -> list[Together]:
    """The same rows by transaction, with names of accounts."""
    paid, owed = booking.payment, rules.SESSIONS_OWED
    coach, fee = shares(booking.cents, booking.basis_points)
    came = [
        rules.Posting(f"paid:{paid.id}", rules.STRIPE, owed, booking.cents),
        rules.Posting(f"stripe-fee:{paid.id}", rules.STRIPE_FEES, rules.STRIPE, paid.fee_cents or 0),
    ]
    released = [
        rules.Posting(f"release-coach:{booking.booking_id}", owed, booking.coach, coach),
        rules.Posting(f"release-fee:{booking.booking_id}", owed, rules.REVENUE, fee),
    ]
    return [Together(came, paid.charge_id), Together(released, None)]


class Bare:
    """The same inserts into a table of the same size without trigger or constraint."""

    def __init__(self) -> None:
        session().execute(text(BARE))
        session().commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze bare_entries"))
        found = session().query(LedgerAccount.name, LedgerAccount.currency, LedgerAccount.id)
        self.ids = {(name, currency): key for name, currency, key in found}
        session().commit()

    def rows(self, booking: Sold) -> list[tuple[str, dict[str, Any]]]:
        """What to say in each transaction, made beforehand: nothing is looked up while it is timed."""
        return [(statement(len(each.postings)), self._said(booking, each)) for each in facts(booking)]

    def _said(self, booking: Sold, together: Together) -> dict[str, Any]:
        about = {"currency": booking.currency, "subject_id": booking.booking_id, "source": together.source}
        said: dict[str, Any] = about | {"booked_at": clock.now()}
        for n, move in enumerate(together.postings):
            said |= {f"id{n}": uuid7(), f"key{n}": move.key, f"cents{n}": move.cents}
            said |= {f"{side}_id{n}": self.ids[getattr(move, side), booking.currency] for side in ("debit", "credit")}
        return said

    def insert(self, rows: list[tuple[str, dict[str, Any]]]) -> None:
        """As many transactions and statements as the application has."""
        for said in rows:
            self._insert(*said)

    @transactional
    def _insert(self, statement: str, said: dict[str, Any]) -> None:
        session().connection().exec_driver_sql(statement, said)


@cache
def statement(count: int) -> str:
    """What inserts that many rows at once."""
    return INSERT.format(rows=", ".join(_ROW.format(n=n) for n in range(count)))


def posting_ratio(chance: random.Random, rounds: int, bookings: int) -> float:
    """Our throughput over that of the bare inserts: the median of rounds.

    In a round both post booking by booking, and chance says who is first, so that whatever else the machine does falls
    on both or spoils one round of many.
    """
    coaches = text("select name, currency from ledger_accounts where kind = 'coach' order by name")
    accounts = list(session().execute(coaches).all())
    bare, ratios = Bare(), []
    for number in range(rounds + 1):
        took = {"ours": 0.0, "bare": 0.0}
        for _ in range(bookings):
            ours, theirs = sold(chance, accounts), bare.rows(sold(chance, accounts))
            turns: list[tuple[str, Callable[[], None]]] = [
                ("ours", partial(_post, ours)),
                ("bare", partial(bare.insert, theirs)),
            ]
            chance.shuffle(turns)
            for name, turn in turns:
                begun = time.perf_counter()
                turn()
                took[name] += time.perf_counter() - begun
        # The first round warms up.
        if number:
            ratios.append(took["bare"] / took["ours"])
    return statistics.median(ratios)


def _post(booking: Sold) -> None:
    pay(booking)
    release(booking)
