"""`make bench-asks`: every page of a coach with 10,000 asks, and of an asker, in milliseconds."""

import argparse
import gc
import json
import re
from collections.abc import Iterator
from functools import partial
from string import Template
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import text

from bench import database
from bench.measurement import elapsed, interleaved
from bench.slots import settings
from bench.town import Town
from marketplace import clock, environment
from marketplace.app import create_app
from marketplace.db import db, session

NAME, PASSWORD = "fairhour_bench_asks", "only-for-measuring"
MOST_MS = 200
COACH, ASKER = "c7@bench.example", "m0@bench.example"
FILES = (".csv", ".pdf", ".svg", ".png")
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
# One asker in twenty times is the same; of the others each asks once. Two in a hundred wait, and as many were quoted.
FILLING = (
    """
    insert into asks (id, coach_id, asker_id, status, kind, about, not_about, tried, why_coach, aim, minutes,
        words_enough, payer, points, price_cents, currency, sent_at, answer_by, reply, answer_minutes,
        decline_reason, ended_at)
    select gen_random_uuid(), coach_id, asker_id, status, 'mentor',
        'How do I get on with topic ' || n % 60 || repeat(' and what comes after it', 12), '', 'I read about it.',
        'You know it.', 'A plan for 3 weeks', 30 + n % 4 * 15, false, 'me', n % 13, 4500, 'usd', sent_at,
        sent_at + interval '7 days', case when status in ('answered', 'declined') then 'A sentence.' end,
        case when status = 'answered' then 10 end, case when status = 'declined' then 'no_time' end,
        case when status not in ('open', 'quoted') then sent_at + interval '2 days' end
    from (
        select n, c.id as coach_id, m.id as asker_id,
            case n % 50 when 1 then 'open' when 2 then 'quoted'
                else (array['answered', 'declined', 'lapsed', 'withdrawn', 'booked'])[1 + n % 5] end as status,
            now() - n * case when n % 50 in (1, 2) then interval '10 seconds' else interval '50 minutes' end as sent_at
        from generate_series(0, $asks - 1) n join bench_coaches c on c.number = 7
        join bench_mentees m on m.number = case when n % 20 = 0 then 0 else n end
    ) made
    """,
    """
    insert into quotes (id, ask_id, offering_id, policy_version_id, status, minutes, price_cents, currency, note,
        valid_until, created_at)
    select gen_random_uuid(), a.id, c.offering_id, (select id from policy_versions order by id limit 1), 'sent', 60,
        9000, 'usd', '', now() + interval '2 days', now()
    from asks a join bench_coaches c on c.id = a.coach_id where a.status = 'quoted'
    """,
    """
    insert into unpaid_entries (id, coach_id, key, kind, source, minutes, value_cents, currency, day, note, subject_id,
        receiver_id, created_at)
    select gen_random_uuid(), coach_id, 'answer:' || id, 'answer', 'system', 10, 1000, 'usd', sent_at::date, '', id,
        asker_id, sent_at
    from asks where status = 'answered'
    """,
    "insert into search_misses (day, topic, language, searches) "
    "select current_date - n % 90, 'topic ' || n, 'en', 1 + n % 9 from generate_series(1, 20000) n",
)


def main() -> int:
    """Ask every page several times; print the least of each, and one line of JSON. 1 where a page is too slow."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--asks", type=int, default=10_000)
    options.add_argument(
        "--rounds", type=int, default=5, help="how often each is asked; the least counts, as noise only adds"
    )
    options.add_argument("--keep", action="store_true", help="keep the database for the next run")
    given = options.parse_args()
    town = Town(coaches=40, bookings=400, mentees=given.asks)
    recipe = f"asks 1: {given.asks} asks in a {town.recipe}"
    with database.filled(NAME, recipe, partial(_fill, town, given.asks), keep=given.keep) as address:
        app = create_app(environment.read(settings(address) | {"STATEMENT_TIMEOUT_SECONDS": "60"}))
        try:
            found = _measured(app, given.rounds)
        finally:
            with app.app_context():
                db.engine.dispose()
    for name, ms in sorted(found.items(), key=lambda one: -one[1]):
        print(f"{ms:8.1f} ms  {name}")
    pages = {name: ms for name, ms in found.items() if not name.endswith(FILES)}
    slow = [name for name, ms in pages.items() if ms > MOST_MS]
    print(json.dumps({
        "asks": given.asks,
        "pages": len(pages),
        "worst_ask_page_ms": round(max(pages.values()), 1),
        "pages_over_200_ms": len(slow),
        "worst_file_ms": round(max(ms for name, ms in found.items() if name not in pages), 1),
    }))  # fmt: skip
    return int(bool(slow))


def _fill(town: Town, asks: int, connection: psycopg.Connection) -> None:
    town.fill(connection)
    connection.execute("set session_replication_role = replica")
    for statement in FILLING:
        connection.execute(Template(statement).substitute(asks=asks).encode())
    connection.execute("set session_replication_role = default")


def _measured(app: Flask, rounds: int) -> dict[str, float]:
    with app.app_context():
        session().execute(text("select 1"))
        hashed = hash_password(PASSWORD)
        with psycopg.connect(app.extensions["settings"].database_url.replace("+psycopg", "")) as connection:
            connection.execute("update users set password = %s where email = any(%s)", [hashed, [COACH, ASKER]])
        addresses = {who: list(_addresses(app, who)) for who in (COACH, ASKER)}
        session().close()
    gc.collect()
    gc.freeze()
    works = {}
    for who, paths in addresses.items():
        client = _signed_in(app, who)
        for path in paths:
            answer = client.get(path)
            if answer.status_code == 200:
                works[f"{'coach' if who == COACH else 'asker'} {path}"] = partial(elapsed, partial(client.get, path))
            elif answer.status_code >= 500:
                raise SystemExit(f"{path} answered {answer.status_code}")
    return {name: min(times) for name, times in interleaved(works, rounds).items()}


def _signed_in(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    form = CSRF.search(client.get("/login").get_data(as_text=True))
    assert form is not None
    sent: dict[str, Any] = {"csrf_token": form[1], "email": email, "password": PASSWORD}
    answer = client.post("/login", data=sent)
    assert answer.status_code in {302, 303}, answer.get_data(as_text=True)
    return client


def _addresses(app: Flask, who: str) -> Iterator[str]:
    """Every page below a person's own places that names nothing, and those of asks with something named."""
    places = ("/dashboard", "/asks", "/invitations") if who == COACH else ("/asks", "/sessions", "/bookings")
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.rule.startswith(places):
            yield rule.rule
    ids = (
        "select a.id from asks a join users u on u.id = a.{} where u.email = :email {} order by a.id offset 40 limit 1"
    )
    if who == ASKER:
        ask = session().scalar(text(ids.format("asker_id", "")), {"email": who})
        yield from (f"/asks/{ask}", f"/asks?after={ask}")
        return
    coach = "select a.id from asks a join coaches c on c.id = a.coach_id join users u on u.id = c.user_id "
    coach += "where u.email = :email"
    for status in ("open", "quoted", "declined", "lapsed", "booked", "all"):
        yield f"/dashboard/asks?status={status}"
    deep = session().scalar(text(f"{coach} order by a.id offset 5000 limit 1"), {"email": who})
    waits = session().scalar(text(f"{coach} and a.status = 'open' limit 1"), {"email": who})
    yield from (f"/dashboard/asks?status=all&after={deep}", f"/asks/{waits}", f"/asks/{deep}")
    yield from (
        "/dashboard/unmet-demand?mine=yes",
        "/dashboard/unmet-demand?sort=-searched",
        "/@coach-7",
        "/@coach-7/ask",
    )
    year = clock.now().year
    yield from (f"/dashboard/year/{year}", f"/dashboard/year/{year}.csv", f"/dashboard/year/{year}.pdf")


if __name__ == "__main__":
    raise SystemExit(main())
