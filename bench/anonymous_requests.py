"""`make bench-anonymous`: what the dearest requests that nobody has to sign in for cost, in a large town."""

import argparse
import gc
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text
from werkzeug.test import TestResponse

from bench import database
from bench.measurement import noted
from bench.slots import NAME, settings
from bench.town import Town
from marketplace import environment
from marketplace.app import create_app
from marketplace.db import db, session

MOST_DATABASE_MS, MOST_PYTHON_MS = 200, 50
# Words that stand in every profile of the town, beginnings of them, misspelt ones, and ones that nobody has.
COMMON = ("coach", "topic", "c", "co", "coa", "t", "to", "top", "1", "12", "coahc", "topci", "cooch", "xyzzy", "wombat")
SIX = (
    "c t 1 2 3 4",
    "coach topic c t 1 2",
    "co to c t 1 12",
    "coahc topci cooch tipoc coac topi",
    "a b d e f g",
    "xyzzy wombat quux blorb frob nacht",
    "coach topic 1 2 3 xyzzy",
    "coachh topicc ccoach ttopic coaach toopic",
)
FAR = "9999-12-31"
HASHING = ("/login", "/register")
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
RARE = (("currency", "jpy"), ("kind", "therapist"), ("topic", "nothing"), ("language", "zu"))
COMMON_FILTERS = (("topic", "topic 3"), ("language", "en"))


@dataclass(frozen=True)
class Form:
    """What a stranger sends: to an address, with fields, or with a body as it is."""

    path: str
    fields: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Cost:
    """One request: its address, status, and milliseconds of the database's and of Python's."""

    path: str
    status: int
    database_ms: float
    python_ms: float
    statements: int


def main() -> None:
    """Ask every address as dearly as we know how; print the worst of each and one line of JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--coaches", type=int, default=100_000)
    options.add_argument("--bookings", type=int, default=1_000_000)
    options.add_argument("--mentees", type=int, default=4800)
    options.add_argument("--rounds", type=int, default=3, help="how often each is asked; the middle one counts")
    options.add_argument("--database", default=NAME)
    options.add_argument("--keep", action="store_true", help="keep the database for the next run")
    given = options.parse_args()
    town = Town(given.coaches, given.bookings, mentees=given.mentees)
    print(f"A town of {town.coaches:,} coaches and {town.bookings:,} bookings…", flush=True)
    with database.filled(given.database, town.recipe, town.fill, keep=given.keep) as address:
        app = create_app(environment.read(settings(address) | {"STATEMENT_TIMEOUT_SECONDS": "60"}))
        try:
            with app.app_context():
                backends.follow(db.engine)
                # As wsgi.py does.
                gc.collect()
                gc.freeze()
                # A worker that helps a statement is gone when it has answered, and its time with it.
                session().execute(text("alter database " + given.database + " set max_parallel_workers_per_gather = 0"))
                session().commit()
                asked = {name: list(paths) for name, paths in addresses(Known.of_the_town()).items()}
                session().close()
            found = {name: [cost(app, path, given.rounds) for path in paths] for name, paths in asked.items()}
            found |= {f"POST {form.path}": [cost(app, form, given.rounds)] for form in forms()}
        finally:
            with app.app_context():
                db.engine.dispose()
    print(table(found))
    # A password is hashed by Argon2 so that guessing is dear; how often is limited by address and by place.
    every = [one for costs in found.values() for one in costs if one.path not in HASHING]
    print(json.dumps({
        "worst_anonymous_database_ms": round(max(one.database_ms for one in every), 1),
        "worst_anonymous_python_ms": round(max(one.python_ms for one in every), 1),
        "password_python_ms": round(max(one.python_ms for each in HASHING for one in found[f"POST {each}"]), 1),
    }))  # fmt: skip


def dearness(one: Cost) -> float:
    """How near to its bounds it is."""
    return max(one.database_ms / MOST_DATABASE_MS, one.python_ms / MOST_PYTHON_MS)


@dataclass(frozen=True)
class Known:
    """Of the town: an offering, its coach's handle, and the busiest topic."""

    offering_id: uuid.UUID
    handle: str

    @classmethod
    def of_the_town(cls) -> "Known":
        """Any that are there."""
        chosen = "select b.offering_id, c.handle from bench_coaches b join coaches c using (id) where number = 7"
        return cls(*session().execute(text(chosen)).one())


def addresses(known: Known) -> dict[str, Iterator[str]]:
    """Every address that nobody has to sign in for, each with queries that make it work hardest."""
    now = datetime.now(UTC)
    today = now.date()
    series = [{"starts_at": (now + timedelta(days=days)).isoformat(), "count": count, "every_weeks": 2}
              for days in (1, 30, 300) for count in (2, 12)]  # fmt: skip
    slots = [{"start": now.isoformat(), "end": (now + timedelta(days=days)).isoformat(), "zone": "Asia/Kathmandu"}
             for days in (1, 61)] + [{"start": (now + timedelta(days=2000)).isoformat()}]  # fmt: skip
    days = [*(str(today + timedelta(days=far)) for far in (30, 59, 900)), FAR]
    offering = f"/api/v1/offerings/{known.offering_id}"
    page = f"/@{known.handle}/{known.offering_id}"
    return {
        "/": iter(["/"]),
        "/@handle": iter([f"/@{known.handle}", "/@nobody"]),
        "/@handle/offering": queries(page, [{}, {"place": "a"}, *({"day": day, "starts": "all"} for day in days)]),
        "/coaches": queries("/coaches", [*directory(), *search()]),
        "/coaches by price": queries("/coaches", (each | {"sort": "price"} for each in directory())),
        "/coaches/order": iter(["/coaches/order"]),
        "/api/v1/coaches": queries("/api/v1/coaches", directory()),
        "/api/v1/search": queries("/api/v1/search", search()),
        "/api/v1/coaches/handle": iter([f"/api/v1/coaches/{known.handle}"]),
        "/api/v1/offerings/slots": queries(f"{offering}/slots", slots),
        "/api/v1/offerings/series": queries(f"{offering}/series", series),
        "/api/v1/offerings/policy": iter([f"{offering}/policy"]),
        "/api/v1/policies": iter(["/api/v1/policies"]),
        "/api/v1/openapi.json": iter(["/api/v1/openapi.json"]),
        "/api/v1/docs": iter(["/api/v1/docs"]),
        "/calendar": iter(["/calendar/nothing.ics"]),
        "/login": iter(["/login", f"/login?next=/{'x' * 3000}"]),
        "/register": iter(["/register"]),
        "/reset": iter(["/reset", "/reset/nothing"]),
        "/confirm": iter(["/confirm", "/confirm/nothing"]),
        "/sitemap": iter(["/sitemap.xml", "/sitemap/pages.xml", f"/sitemap/coaches-{uuid.UUID(int=0)}.xml"]),
        "/robots.txt": iter(["/robots.txt"]),
        "/help": iter(["/help", "/terms", "/privacy", "/imprint", "/contact"]),
        "/metrics": iter(["/metrics"]),
        "/health": iter(["/health"]),
    }  # fmt: skip


def forms() -> Iterator[Form]:
    """What nobody has to be signed in to send."""
    nobody = "nobody@bench.example"
    yield Form("/login", {"email": "m1@bench.example", "password": "not the password of anybody"})
    yield Form(
        "/register",
        {"email": f"{uuid.uuid4().hex}@bench.example", "name": "Ada", "password": uuid.uuid4().hex, "timezone": "UTC"},
    )
    yield Form("/reset", {"email": nobody})
    yield Form("/confirm", {"email": nobody})
    yield Form("/passkeys/sign-in/options", {})
    yield Form("/webhooks/stripe/platform", {}, b'{"a":[' + b"[]," * 300_000 + b"1]}")


def queries(path: str, chosen: Any) -> Iterator[str]:
    """The path with each of these."""
    return (f"{path}?{urlencode(query)}" for query in chosen)


def directory() -> Iterator[dict[str, Any]]:
    """What the directory is filtered by: nothing, what nobody has, what all have, words, pages far out."""
    yield {}
    yield {"limit": 100}
    for words in (*COMMON, *SIX):
        yield {"text": words}
    nobody: dict[str, Any] = {"max_price": 1, "currency": "usd"}
    chosen: list[dict[str, Any]] = [
        *({name: value} for name, value in RARE),
        *({name: value} for name, value in COMMON_FILTERS),
        {"kind": "mentor", "language": "en", "topic": "topic 41"},
        nobody,
    ]
    for filters in chosen:
        yield filters
        yield filters | {"text": "coach"}
        yield filters | nobody
    yield {"after": "00000000-0000-7000-8000-000000000000"}
    yield {"after": "ffffffff-ffff-7fff-bfff-ffffffffffff", "text": "coach topic"}


def search() -> Iterator[dict[str, Any]]:
    """What is searched for: far and near, any time or an odd hour, what few have and what nobody has."""
    today = datetime.now(UTC).date()
    far = {"first": str(today + timedelta(days=59)), "last": str(today + timedelta(days=61))}
    odd = {"start": "03:10", "end": "03:20", "zone": "Asia/Kathmandu"}
    whens: list[dict[str, Any]] = [{"minutes": 60}, far, odd, {"start": "23:00", "end": "01:00", "weekdays": "0,2,4,6"}]
    whats: list[dict[str, Any]] = [
        {}, {"topic": "topic 3"}, {"topic": "topic 41"}, {"topic": "nothing"}, {"language": "en"}, {"language": "zu"},
        {"kind": "therapist"}, {"max_price": 1, "currency": "usd"}, {"max_price": 3100, "currency": "usd"},
        {"max_price": 4000, "currency": "usd"}, {"currency": "jpy"}, {"minutes": 480}, {"minutes": 45},
        {"topic": "topic 3", "language": "en", "max_price": 3300, "currency": "usd"},
        *({"text": words} for words in (*COMMON, *SIX)),
        {"text": "coach", "max_price": 3000, "currency": "usd"}, {"text": "c", "language": "zu"},
    ]  # fmt: skip
    for what in whats:
        for when in whens:
            yield when | what | {"limit": 100}


def cost(app: Flask, asked: str | Form, rounds: int) -> Cost:
    """What a request costs: the middle of so many, after one that warms up.

    Both are processor time, so that whatever else this machine does is not in them.
    """
    client = app.test_client()
    path = asked if isinstance(asked, str) else asked.path
    send = sending(client, asked)
    found = []
    for _ in range(rounds + 1):
        with app.app_context():
            engine = db.engine
        with noted(engine) as statements:
            # Of all threads: Argon2 has some of its own.
            spent, worked = backends.spent_ms(), time.process_time()
            answer = send()
            worked = (time.process_time() - worked) * 1000
        found.append(Cost(path, answer.status_code, backends.spent_ms() - spent, worked, statements.count))
        if found[-1].database_ms > 10 * MOST_DATABASE_MS:
            break
    warm = sorted(found[1:] or found, key=dearness)
    return warm[len(warm) // 2]


def sending(client: FlaskClient, asked: str | Form) -> Callable[[], TestResponse]:
    """What asks for an address, or sends a form with the secret of its page."""
    if isinstance(asked, str):
        return partial(client.get, asked)
    if asked.body:
        return partial(client.post, asked.path, data=asked.body, content_type="application/json")
    page = client.get(asked.path if asked.path in {"/register", "/reset", "/confirm"} else "/login").text
    secret = CSRF.search(page)
    assert secret is not None
    return partial(client.post, asked.path, data={**asked.fields, "csrf_token": secret[1]})


class Backends:
    """PostgreSQL's processes that serve us."""

    def __init__(self) -> None:
        self._pids: set[int] = set()

    def follow(self, engine: Engine) -> None:
        """Know those of this engine's connections."""
        event.listen(engine, "connect", lambda connection, _record: self._pids.add(connection.info.backend_pid))

    def spent_ms(self) -> float:
        """How long they have run on a processor, in milliseconds (proc(5): schedstat)."""
        files = (Path(f"/proc/{pid}/schedstat") for pid in self._pids)
        return sum(int(file.read_text().split()[0]) for file in files if file.exists()) / 1e6


backends = Backends()


def table(found: dict[str, list[Cost]]) -> str:
    """Of each address the request that is worst for PostgreSQL, and the one that is worst for Python if another."""
    width = max(map(len, found))
    lines = [f"{'':{width}}  {'PostgreSQL':>10}  {'Python':>8}  statements"]
    for name, costs in sorted(found.items(), key=lambda each: -max(map(dearness, each[1]))):
        worst = {max(costs, key=attrgetter(what)) for what in ("database_ms", "python_ms")}
        for one in sorted(worst, key=dearness, reverse=True):
            figures = f"{one.database_ms:7.1f} ms  {one.python_ms:5.1f} ms  {one.statements:4}"
            lines.append(f"{name:{width}}  {figures}  {one.status} {one.path[:150]}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
