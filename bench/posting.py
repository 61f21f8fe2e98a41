"""What `make bench-ledger` posts: bookings by the application's code, and the same rows into a bare table."""

import random
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import text

from marketplace import clock
from marketplace.bookings.rules import shares
from marketplace.db import session, transactional, uuid7
from marketplace.ledger import rules
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.service import post
from marketplace.payments.models import Payment
from marketplace.payments.service import checkout

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

# The ledger posts in the same way, without anything between it and the driver.
INSERT = """
insert into bare_entries (id, key, cents, currency, subject_id, source, booked_at, debit_id, credit_id)
values (%(id)s, %(key)s, %(cents)s, %(currency)s, %(subject_id)s, %(source)s, %(booked_at)s, %(debit_id)s,
        %(credit_id)s)
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
            session().connection().exec_driver_sql(INSERT, row)


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
