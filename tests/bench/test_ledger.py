"""The benchmark of the ledger runs, and what it posts is what the application posts."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from bench import postings
from devtools import env
from marketplace.bookings.earnings.service import release
from marketplace.db import session
from marketplace.ledger.queries import entries as entry_queries
from marketplace.payments import queries as payments
from tests import postgres
from tests.factories import a_booking, a_coach, a_person, an_offering, open_all_week

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


def told(lines):
    """What is compared of entries: fact, accounts, amount and Stripe's object; not whose id it is."""
    return [(line.key.split(":")[0], line.debit, line.credit, line.cents, line.source) for line in reversed(lines)]


def test_the_benchmark_posts_what_a_booking_posts_from_paid_to_released(stripe, moment):
    ada = open_all_week(a_coach("ada"))
    booking = a_booking(a_person("Mia"), an_offering(ada), TEN, stripe)
    booking.status, booking.outcome = "completed", "took_place"
    session().commit()
    moment.set(TEN + timedelta(days=10))
    assert release(booking.id)
    real = told(entry_queries.entries(subject_ids=[booking.id]))
    payment = payments.of_subject(booking.id)
    same = postings.Sold(payment, booking.id, f"coach:{ada.id}", booking.price_cents, booking.currency)
    planned = [
        (move.key.split(":")[0], move.debit, move.credit, move.cents, together.source)
        for together in postings.facts(same)
        for move in together.postings
    ]
    assert planned == real
    assert len(real) == 4


@pytest.mark.real
@pytest.mark.slow
def test_the_benchmark_says_what_it_found_in_its_last_line(database_server, template, tmp_path):
    with postgres.copy(database_server, template, "bench") as address:
        small = ["--rows", "6000", "--coaches", "50", "--rounds", "2", "--bookings", "2", "--calls", "9"]
        environ = env.settings({}, tmp_path, address)
        command = [sys.executable, "-m", "bench.ledger", *small]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert done.stderr == ""
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.keys() >= {"coach_balance_ms", "admin_month_ms", "posting_ratio"}
    assert (found["rows"], found["sums_differ"]) == (6000, 0)
    assert found["posting_ratio"] > 0
    assert re.search(r"6,000 entries of 50 coaches", done.stdout)
