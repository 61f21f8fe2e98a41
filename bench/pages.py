"""`make bench-pages`: how long the pages of a coach of many years, and of an admin, take over HTTP, in milliseconds."""

import argparse
import http.client
import json
import re
from urllib.parse import urlencode

import psycopg
from flask import Flask
from flask_security.utils import hash_password
from sqlalchemy import select

from bench import database, measurement, operator, servers
from bench.measurement import interleaved, median
from bench.slots import settings
from bench.veteran import EMAIL, Veteran
from marketplace import environment
from marketplace.accounts.models import User
from marketplace.app import create_app
from marketplace.db import db, session
from marketplace.ledger.service.closings import close_ledger

NAME, PASSWORD = "fairhour_bench_pages", "a long password of a benchmark"
MOST_MS = 200
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PAGES = (
    "/dashboard",
    "/dashboard/mentees",
    "/dashboard/mentees?name=mentee+7",
    "/dashboard/earnings",
    "/dashboard/earnings/lines",
    "/dashboard/earnings/{year}",
    "/sessions?as=coach",
    "/sessions?as=coach&past=yes",
    "/dashboard/hours",
    "/@veteran",
)


def main() -> None:
    """Fill the database, sign in, ask for each page; print a table and one line of JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sessions", type=int, default=100_000)
    options.add_argument("--mentees", type=int, default=500)
    options.add_argument("--rows", type=int, default=100_000, help="of everything else that tables of admins show")
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--keep", action="store_true", help="keep the database for the next run")
    given = options.parse_args()
    veteran = Veteran(given.sessions, given.mentees)
    recipe = f"{veteran.recipe}, {given.rows} rows a table"
    with database.filled(NAME, recipe, lambda to: _fill(to, veteran, given.rows), keep=given.keep) as address:
        environ = settings(address) | {"ADMIN_SECOND_FACTOR": "optional"}
        year = _prepared(create_app(environment.read(environ)))
        with servers.serving(environ, workers=1, threads=1) as port:
            coach, admin = Reader(port, EMAIL), Reader(port, operator.EMAIL)
            asked = {path: lambda path=path: coach.ms(path) for path in (page.format(year=year) for page in PAGES)}
            asked |= {path: lambda path=path: admin.ms(path) for path in operator.PAGES}
            interleaved(asked, 3)
            found = interleaved(asked, given.rounds)
    print(measurement.table(list(found.items())))
    middle = {path: round(median(times), 1) for path, times in found.items()}
    over = [path for path, ms in middle.items() if ms > MOST_MS]
    print(json.dumps({"most_ms": max(middle.values()), "over": over, **middle}))


def _fill(connection: psycopg.Connection, veteran: Veteran, rows: int) -> None:
    connection.execute("set session_replication_role = replica")
    connection.execute("set synchronous_commit = off")
    veteran.fill(connection)
    operator.fill(connection, rows)
    connection.execute("set session_replication_role = default")


def _prepared(app: Flask) -> int:
    """Give both a password; the year in which the coach's latest session was."""
    with app.app_context():
        people = session().scalars(select(User).where(User.email.in_((EMAIL, operator.EMAIL))).order_by(User.email))
        admin, user = people.all()
        admin.password = user.password = hash_password(PASSWORD)
        session().commit()
        # As it is each night: what a balance is made of is the sum so far and the day's own entries.
        close_ledger()
        db.engine.dispose()
        return int(user.created_at.year)


class Reader(servers.Client):
    """Somebody who is signed in, over one connection."""

    def __init__(self, port: int, email: str) -> None:
        super().__init__(port)
        self._cookies: dict[str, str] = {}
        form = self._sent("GET", "/login")
        token = CSRF.search(form.decode())
        assert token is not None
        fields = {"email": email, "password": PASSWORD, "csrf_token": token[1]}
        self._sent("POST", "/login", urlencode(fields).encode())

    def get(self, path: str) -> int:
        """The status; the body is read to its end."""
        self._sent("GET", path)
        return self._status

    def _sent(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._http.request(method, path, body, headers)
        answer: http.client.HTTPResponse = self._http.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        self._status = answer.status
        return answer.read()


if __name__ == "__main__":
    main()
