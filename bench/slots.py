"""`make bench-slots`: free times, search and claims in a large town, beside their floors."""

import argparse
import json
import random
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg
from flask import Flask
from sqlalchemy import text

from bench import database, measurement, servers
from bench.holds import BRIEF, CONNECTIONS, Holds, take
from bench.measurement import elapsed, interleaved, median, noted, p95
from bench.town import ZONES, Town
from marketplace import environment
from marketplace.accounts.models import User
from marketplace.app import create_app
from marketplace.bookings import queries as bookings
from marketplace.bookings.holds.claims import claim
from marketplace.bookings.terms.service import paid_cents, snapshot
from marketplace.coaches import queries as coaches
from marketplace.db import begin_transaction, db, end_of_reading, session, transactional
from marketplace.scheduling.queries import consistency as free_time_consistency
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.queries import search as search_queries
from marketplace.scheduling.schemas.search import SearchSchema

NAME = "fairhour_bench_slots"
MONTH = timedelta(days=31)
KEEPERS = "bookings_free_ranges_insert"
# What the run before claimed in a town that is kept, as a worker would have ended it by now.
TIDY = (
    f"alter table bookings enable trigger {KEEPERS}",
    "update bookings set status = 'expired', ended_at = now(), end_reason = 'not_paid' where status = 'held'",
    "vacuum (analyze) bookings, free_ranges",
)
SEARCH = SearchSchema()
# A search may have to walk on once or twice where few fit; how many coaches there are changes nothing.
MOST_QUERIES = {"select 1": 1, "month": 1, "search": 16}


def main() -> None:
    """Fill the town, measure, print a table and one line of JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--coaches", type=int, default=100_000)
    options.add_argument("--bookings", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=200, help="how often each question is asked")
    options.add_argument("--claims", type=int, default=300, help="how many times are claimed in a round, of 3")
    options.add_argument("--database", default=NAME, help="its name; made anew if it holds another town")
    options.add_argument("--keep", action="store_true", help="keep the database for the next run")
    given = options.parse_args()
    town = Town(given.coaches, given.bookings, mentees=given.claims * 16)
    print(f"A town of {town.coaches:,} coaches and {town.bookings:,} bookings…", flush=True)
    with database.filled(given.database, town.recipe, town.fill, keep=given.keep) as address:
        environ = settings(address)
        app = create_app(environment.read(environ))
        with app.app_context():
            try:
                found = measured(Bench(app, address, environ, town), given.rounds, given.claims)
            finally:
                session().close()
                db.engine.dispose()
    print(json.dumps(found))


def settings(address: str) -> dict[str, str]:
    """The environment of an application that is measured."""
    return {
        "DATABASE_URL": address, "APP_ENV": "development", "LOG_LEVEL": "ERROR", "RATELIMIT_ENABLED": "false",
        "STRIPE_SECRET_KEY": "sk_test_bench", "STRIPE_API_BASE": "http://127.0.0.1:9",
    }  # fmt: skip


def measured(bench: "Bench", rounds: int, claims: int) -> dict[str, float]:
    """Every figure; what they are made of is printed."""
    bench.tidy()
    bench.check_a_sample()
    sql = interleaved({"select 1": bench.one, "month": bench.month, "search": bench.search}, rounds)
    print("\nSQL\n" + measurement.table(list(sql.items())))
    for name, counts in bench.asked.items():
        print(f"{name}: " + ", ".join(f"{count} queries {often} times" for count, often in sorted(counts.items())))
    with (
        servers.serving(bench.environ, workers=1, threads=1) as port,
        servers.serving(bench.environ, workers=1, threads=1, what="minimal_application") as beside,
    ):
        client, minimal = servers.Client(port), servers.Client(beside)
        asked = {
            "minimal route": lambda: minimal.ms("/bench/bare"),
            "bare route": lambda: client.ms("/bench/bare"),
            "month": lambda: client.ms(bench.month_path()),
            "search": lambda: client.ms(f"/api/v1/search?{urlencode(bench.some_criteria())}"),
        }
        interleaved(asked, 10)
        http = interleaved(asked, rounds)
    print("\nHTTP, one connection\n" + measurement.table(list(http.items())))
    ratio = bench.claims(claims)
    held = Holds(bench.app, bench.address, bench.environ)
    statements = held.statements()
    print(f"\nA hold over HTTP is {len(statements)} statements:\n" + "\n".join(f"  {one[:100]}" for one in statements))
    rates = held.rates(claims)
    print(
        f"\nHolds over HTTP, {CONNECTIONS} connections: {rates.served:.0f} a second; "
        f"the same SQL by pgbench: {rates.same_sql:.0f}; bare claims: {rates.bare_claims:.0f}"
    )

    def over_floor(name: str) -> float:
        return round(median(http[name]) / median(http["minimal route"]), 2)

    return {
        "month_sql_ratio": round(median(sql["month"]) / median(sql["select 1"]), 2),
        "month_http_ratio": round(median(http["month"]) / median(http["bare route"]), 2),
        "search_sql_p95_ms": round(p95(sql["search"]), 2),
        "search_http_ratio": round(median(http["search"]) / median(http["bare route"]), 2),
        "claim_throughput_ratio": round(ratio, 3),
        "booking_http_ratio": round(rates.served / rates.same_sql, 3),
        "request_floor_ratio": over_floor("bare route"),
        "month_floor_ratio": over_floor("month"),
        "search_floor_ratio": over_floor("search"),
        "hold_statements": len(statements),
        "hold_floor_ratio": round(rates.served / rates.bare_claims, 3),
    }


class Bench:
    """The questions, asked by the application's own code of random coaches."""

    def __init__(self, app: Flask, address: str, environ: dict[str, str], town: Town) -> None:
        self.app, self.address, self.environ, self.town = app, address, environ, town
        self.chance = random.Random(5)
        self.asked: dict[str, Counter[int]] = {}

    def tidy(self) -> None:
        """Leave nothing of a run before."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            for statement in TIDY:
                connection.execute(statement)

    def check_a_sample(self) -> None:
        """What the town was filled with is what the application would keep."""
        for _ in range(20):
            begin_transaction()
            coach = coaches.offering_for_booking(self.some_offering()).coach
            different = [one for one in free_time_consistency.differences(coach) if one.what == "free"]
            kept = session().execute(
                text("select * from free_ranges where coach_id = :id order by starts_at"), {"id": coach.id}
            )
            before = kept.all()
            session().execute(
                text("select refresh_free_ranges(:id, now() - interval '9 days', now() + interval '99 days')"),
                {"id": coach.id},
            )
            after = session().execute(
                text("select * from free_ranges where coach_id = :id order by starts_at"), {"id": coach.id}
            )
            if before != after.all():
                raise RuntimeError(f"the town is not as the application would keep it: {coach.handle} {different}")
            session().rollback()

    def some_offering(self) -> uuid.UUID:
        """A random coach's offering."""
        number = self.chance.randrange(self.town.coaches)
        found: uuid.UUID = session().scalar(
            text("select offering_id from bench_coaches where number = :number"), {"number": number}
        )
        return found

    def one(self) -> float:
        """The floor: a question without work."""
        return self._sql("select 1", lambda: session().scalar(text("select 1")))

    def month(self) -> float:
        """One coach's month."""
        offering = coaches.offering_for_booking(self.some_offering())
        now = datetime.now(UTC)
        return self._sql("month", lambda: free_times.free_times(offering, start=now, end=now + MONTH))

    def search(self) -> float:
        """A page of a search over all."""
        asked = SEARCH.load(self.some_criteria())
        return self._sql("search", lambda: search_queries.search(**asked))

    def _sql(self, name: str, work: Callable[[], Any]) -> float:
        with noted(db.engine) as statements:
            work()
        end_of_reading()
        self.asked.setdefault(name, Counter())[statements.count] += 1
        if max(self.asked[name]) > MOST_QUERIES[name]:
            raise RuntimeError(f"a {name} took {statements.count} queries")
        return statements.ms

    def some_criteria(self) -> dict[str, str]:
        """What somebody searches for: a topic, a price, mostly evenings of the next two weeks."""
        first = datetime.now(UTC).date() + timedelta(days=self.chance.randrange(1, 10))
        criteria = {"topic": f"topic {self.chance.randrange(40)}", "minutes": "60", "zone": self.chance.choice(ZONES)}
        criteria |= {"max_price": str(self.chance.randrange(6000, 20000)), "currency": "usd"}
        criteria |= {"first": first.isoformat(), "last": (first + timedelta(days=13)).isoformat()}
        evening = {"start": "17:00", "end": "22:00"} if self.chance.random() < 0.7 else {}
        return criteria | evening

    def month_path(self) -> str:
        """The address of one coach's month."""
        now = datetime.now(UTC)
        span = urlencode({"start": now.isoformat(), "end": (now + MONTH).isoformat(), "zone": "Europe/Berlin"})
        return f"/api/v1/offerings/{self.some_offering()}/slots?{span}"

    def claims(self, count: int) -> float:
        """Claims a second with the projection kept, against the same claims without it."""
        with psycopg.connect(self.address, autocommit=True) as connection:

            def keeping(how: str) -> Callable[[], float]:
                def work() -> float:
                    connection.execute(f"alter table bookings {how} trigger {KEEPERS}")
                    return self._claimed(count)

                return work

            keeping("enable")()
            times = interleaved({"kept": keeping("enable"), "not kept": keeping("disable")}, 3)
            connection.execute(f"alter table bookings enable trigger {KEEPERS}")
        print(f"\n{count} claims of a time\n" + measurement.table(list(times.items())))
        return median(times["not kept"]) / median(times["kept"])

    def _claimed(self, count: int) -> float:
        ready = [
            (session().get_one(User, one.mentee_id), coaches.offering_for_booking(one.offering_id), one.starts_at)
            for one in take(count)
        ]
        session().commit()

        @transactional
        def claimed(mentee: Any, offering: Any, starts_at: datetime) -> None:
            bookings.lock_coach(offering.coach_id)
            terms = snapshot(offering, paid_cents=paid_cents(mentee, offering))
            if claim(mentee, offering, starts_at, terms, brief=BRIEF) is None:
                raise RuntimeError("a free time was taken")

        return elapsed(lambda: [claimed(*one) for one in ready])


if __name__ == "__main__":
    main()
