"""Holds: the statements of one, and how many a second over HTTP, by SQL and as bare claims."""

import json
import uuid
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import text

from bench import pgbench, servers
from bench.measurement import median, noted
from bench.town import TOKEN
from marketplace.accounts.models import User
from marketplace.bookings.holds import service as hold_service
from marketplace.db import db, session

BRIEF = "I lead a team of four for the first time and want to stop doing their work."
CONNECTIONS = 16


@dataclass(frozen=True)
class Target:
    """A time to be claimed, and who claims it."""

    offering_id: uuid.UUID
    coach_id: uuid.UUID
    user_id: uuid.UUID
    mentee_id: uuid.UUID
    mentee: int
    starts_at: datetime


@dataclass(frozen=True)
class Rates:
    """Holds a second."""

    served: float
    same_sql: float
    bare_claims: float


def take(count: int) -> list[Target]:
    """Times that nobody has claimed yet."""
    rows = session().execute(
        text(
            "select t.offering_id, t.coach_id, t.user_id, t.mentee_id, m.number, t.starts_at from "
            "(select nextval('bench_numbers') as number from generate_series(1, :count)) next "
            "join bench_targets t using (number) join bench_mentees m on m.id = t.mentee_id"
        ),
        {"count": count},
    )
    found = [Target(*row) for row in rows]
    session().commit()
    if len(found) < count:
        raise RuntimeError("all times of this town are taken: drop its database and run again")
    return found


class Holds:
    """Holds of times that nobody has claimed yet, in the town at `address`."""

    def __init__(self, app: Flask, address: str, environ: dict[str, str]) -> None:
        self.app, self.address, self.environ = app, address, environ

    def statements(self) -> list[str]:
        """What a hold over HTTP says to the database, but for the beginning and the end of its transaction."""
        (target,) = take(1)
        post = self._post(target)
        headers = {"Authorization": f"Bearer {post.token}", "Content-Type": "application/json"}
        with noted(db.engine) as said:
            answer = Context().run(self.app.test_client().post, post.path, data=post.body, headers=headers)
        if answer.status_code != 201:
            raise RuntimeError(f"a hold was answered {answer.status_code}")
        return [" ".join(statement.split()) for statement, _parameters in said.said]

    def rates(self, count: int) -> Rates:
        """So many at once by each of three: the application over HTTP, pgbench with its SQL, pgbench with its claim."""
        same_sql, bare_claim = self._scripts()
        served, by_sql, bare = [], [], []
        with servers.serving(self.environ, workers=2, threads=4) as port:
            for _ in range(4):
                posts = [self._post(target) for target in take(count)]
                seconds, statuses = servers.post_all(port, posts, CONNECTIONS)
                if statuses != {201: count}:
                    raise RuntimeError(f"holds were answered {statuses}")
                served.append(count / seconds)
                by_sql.append(pgbench.run(self.address, same_sql, clients=CONNECTIONS, transactions=count))
                bare.append(pgbench.run(self.address, bare_claim, clients=CONNECTIONS, transactions=count))
        # The first round warms all.
        return Rates(median(served[1:]), median(by_sql[1:]), median(bare[1:]))

    def _post(self, target: Target) -> servers.Post:
        body = {"offering_id": str(target.offering_id), "starts_at": target.starts_at.isoformat(), "brief": BRIEF}
        return servers.Post("/api/v1/bookings", json.dumps(body).encode(), TOKEN % target.mentee)

    def _scripts(self) -> tuple[str, str]:
        """The SQL of one hold, as the application says it, and of it the claim alone."""
        (target,) = take(1)
        said: list[tuple[str, Any]] = []

        class Listening(psycopg.Cursor[Any]):
            def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
                said.append((query, params))
                return super().execute(query, params, **more)

        with psycopg.connect(self.address) as other:
            connection: Any = session().connection().connection.driver_connection
            usual = connection.cursor_factory
            connection.cursor_factory = Listening
            try:
                mentee = session().get_one(User, target.mentee_id)
                hold_service.hold(mentee, offering_id=target.offering_id, starts_at=target.starts_at, brief=BRIEF)
            finally:
                connection.cursor_factory = usual
            known = {name: str(getattr(target, name)) for name in ("offering_id", "coach_id", "user_id", "mentee_id")}
            claim = [one for one in said if str(one[0]).startswith("INSERT INTO bookings ")]
            whole, bare = (pgbench.script(other, part, known, target.starts_at) for part in (said, claim))
            return whole, bare
