"""Reads: evaluate invariants, and what the latest evaluations found."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.db import literals, session
from marketplace.invariants.models import InvariantResult
from marketplace.invariants.rules import catalog
from marketplace.invariants.rules.invariant import AT_ONCE, BALANCES, Finding, Invariant, Violation

SHOWN = 50
# An evaluation that takes longer is given up: what serves people comes first.
GIVEN_UP_AFTER_SECONDS = 120

_FOUND = """
select kind, id, said, since, count(*) over () as count from ({sql}) as found
where since is null or since <= cast(:now as timestamptz) - cast(:grace as interval)
order by since nulls first, id limit :shown
"""


def evaluate(invariants: Iterable[Invariant] = catalog.INVARIANTS, *, settled: bool = False) -> list[Finding]:
    """Evaluate these invariants now, one query each. `settled`: nothing is under way, so nothing is granted time."""
    return [_evaluate(invariant, AT_ONCE if settled else invariant.settles_within) for invariant in invariants]


def _evaluate(invariant: Invariant, grace: timedelta) -> Finding:
    given = {
        "now": clock.now(),
        "machine_now": clock.of_the_machine(),
        "stalled_seconds": config.current().worker_stalled_seconds,
        "grace": grace,
        "shown": SHOWN,
    }
    statement = text(BALANCES + _FOUND.format(sql=invariant.sql))
    wanted = {name: given[name] for name in statement.compile().params if name in given}
    states = [literals(name, among) for name, among in invariant.states.items()]
    began = time.monotonic()
    rows: Sequence[tuple[str, str, str, object, int]] = []
    failure = None
    try:
        with session().begin_nested():
            session().execute(text(f"set local statement_timeout = '{GIVEN_UP_AFTER_SECONDS}s'"))
            rows = session().execute(statement.bindparams(*states), wanted).all()
            session().execute(text("set local statement_timeout = default"))
    except DBAPIError as error:
        failure = str(error.orig).partition("\n")[0]
    took_ms = round((time.monotonic() - began) * 1000)
    violations = [Violation(kind, id_, said, since) for kind, id_, said, since, _count in rows]  # type: ignore[arg-type]
    return Finding(invariant, rows[0][-1] if rows else 0, violations, took_ms, failure)


@dataclass(frozen=True)
class InvariantStatus:
    """An invariant and its latest result; None: never evaluated."""

    invariant: Invariant
    result: InvariantResult | None


def statuses(admin: User) -> list[InvariantStatus]:
    """Every invariant, the broken ones first; NotFound for who is no admin."""
    only_admins(admin)
    known = {result.name: result for result in session().scalars(select(InvariantResult))}
    every = [InvariantStatus(one, known.get(one.name)) for one in catalog.INVARIANTS]
    return sorted(every, key=lambda status: status.result is None or status.result.well)


def broken() -> list[str]:
    """The names of what the latest evaluations found broken, the longest broken first."""
    chosen = select(InvariantResult.name).where(InvariantResult.broken_since.is_not(None))
    return [name for name in session().scalars(chosen.order_by(InvariantResult.broken_since)) if catalog.by_name(name)]


@dataclass(frozen=True)
class InvariantSummary:
    """How many invariants were evaluated and which are broken; `age` of the latest evaluation."""

    evaluated: int
    broken: Sequence[str]
    age: timedelta | None


def summary() -> InvariantSummary:
    """What the latest evaluations found, in short."""
    count, last = (
        session().execute(select(func.count(InvariantResult.looked_at), func.max(InvariantResult.looked_at))).one()
    )
    return InvariantSummary(count, broken(), None if last is None else clock.now() - last)
