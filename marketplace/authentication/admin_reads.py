"""Admins who look at other people's data leave a line in the record: who, at what, whose.

Never what it said. One line for each answer that shows something, however many people it is about. Without the line
there is no answer.
"""

import uuid
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import event

from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.authentication.admin_reads_table import kind_of, shared_kind_of
from marketplace.coaches.models import Coach
from marketplace.db import session, transactional
from marketplace.http import viewer

# The columns by which rows name people; `coach_id` names a coach.
PEOPLE = ("user_id", "mentee_id", "buyer_id", "seller_id")
# Rows by which a request knows who asks.
OF_WHO_ASKS = {"user_sessions", "access_tokens", "idempotent_requests"}
# Rows that only those whom they name see, and admins.
PRIVATE = {"bookings", "invoices", "payouts", "no_show_reports"}
# These show what was asked for, and refusals that show the page again. Redirects and other errors show nothing.
SHOWING = {200, 201, 202, 409, 422}
MOST_NAMED = 200


class Seen:
    """Whom the rows are about that a request has read."""

    def __init__(self) -> None:
        self.people: set[uuid.UUID] = set()
        self.coaches: dict[uuid.UUID, uuid.UUID | None] = {}
        self._private: list[tuple[set[uuid.UUID], uuid.UUID | None]] = []

    def note(self, _session: Any, row: Any) -> None:
        """SQLAlchemy has read a row."""
        values, table = row.__dict__, row.__tablename__
        if table in OF_WHO_ASKS:
            return
        named = {values[name] for name in PEOPLE if values.get(name) is not None}
        self.people |= named | ({values["id"]} if isinstance(row, User) else set())
        coach_id = values.get("coach_id")
        if isinstance(row, Coach):
            self.coaches[values["id"]] = values["user_id"]
        elif coach_id is not None:
            self.coaches.setdefault(coach_id)
        if table in PRIVATE:
            self._private.append((named, coach_id))

    def has_others(self, person_id: uuid.UUID) -> bool:
        """Whether any of it is private and not that person's own, as mentee, coach, buyer or seller."""
        return any(
            person_id not in named and (coach_id is None or self.coaches.get(coach_id) != person_id)
            for named, coach_id in self._private
        )


def register_admin_reads(app: Flask) -> None:
    """Watch what the addresses of the table read, and record it before it is shown."""
    app.before_request(_watch)
    app.after_request(_record)


def _watch() -> None:
    endpoint = request.endpoint or ""
    if kind_of(endpoint) or shared_kind_of(endpoint):
        g.seen = Seen()
        event.listen(session(), "loaded_as_persistent", g.seen.note)


def _record(answer: Response) -> Response:
    seen: Seen | None = g.pop("seen", None)
    if seen is None or answer.status_code not in SHOWING:
        return answer
    person, endpoint = viewer(), request.endpoint or ""
    if person is None or not person.is_admin:
        return answer
    kind = kind_of(endpoint)
    if kind is None and not seen.has_others(person.id):
        return answer
    _write(person.id, kind or shared_kind_of(endpoint) or "", seen)
    return answer


@transactional
def _write(admin_id: uuid.UUID, kind: str, seen: Seen) -> None:
    given = request.view_args or {}
    asked = {name: str(value) for name, value in given.items()}
    about = next((value for value in given.values() if isinstance(value, uuid.UUID)), None)
    people, coaches = sorted(map(str, seen.people - {admin_id})), sorted(map(str, seen.coaches))
    audit.record(
        admin_id,
        audit.READ,
        about or kind,
        what=kind,
        people=people[:MOST_NAMED],
        coaches=coaches[:MOST_NAMED],
        counted=len(people) + len(coaches),
        asked=asked,
    )
