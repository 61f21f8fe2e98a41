"""Reads: looking at invariants, and what the last looks found."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.invariants.models import CheckResult
from marketplace.invariants.rules import catalog as rules
from marketplace.invariants.rules.invariant import AT_ONCE, BALANCES, Finding, Invariant, Offender

SHOWN = 50
# A look that takes longer is given up: what serves people comes first.
GIVEN_UP_AFTER_SECONDS = 120

_FOUND = """
select kind, id, said, since, count(*) over () as count from ({sql}) as found
where since is null or since <= cast(:now as timestamptz) - cast(:grace as interval)
order by since nulls first, id limit :shown
"""


def look(invariants: Iterable[Invariant] = rules.INVARIANTS, *, settled: bool = False) -> list[Finding]:
    """Look at these invariants now, one query each. `settled`: nothing is under way, so nothing is granted time."""
    return [_look(invariant, AT_ONCE if settled else invariant.settles_within) for invariant in invariants]


def _look(invariant: Invariant, grace: timedelta) -> Finding:
    given = {
        "now": clock.now(),
        "machine_now": clock.of_the_machine(),
        "stalled_seconds": config.current().worker_stalled_seconds,
        "grace": grace,
        "shown": SHOWN,
    }
    statement = text(BALANCES + _FOUND.format(sql=invariant.sql))
    wanted = {name: given[name] for name in statement.compile().params}
    began = time.monotonic()
    rows: Sequence[tuple[str, str, str, object, int]] = []
    failure = None
    try:
        with session().begin_nested():
            session().execute(text(f"set local statement_timeout = '{GIVEN_UP_AFTER_SECONDS}s'"))
            rows = session().execute(statement, wanted).all()
            session().execute(text("set local statement_timeout = default"))
    except DBAPIError as error:
        failure = str(error.orig).partition("\n")[0]
    took_ms = round((time.monotonic() - began) * 1000)
    offenders = [Offender(kind, id_, said, since) for kind, id_, said, since, _count in rows]  # type: ignore[arg-type]
    return Finding(invariant, rows[0][-1] if rows else 0, offenders, took_ms, failure)


@dataclass(frozen=True)
class Standing:
    """An invariant and what the last look at it found; no result: nobody has looked yet."""

    invariant: Invariant
    result: CheckResult | None


def standings(admin: User) -> list[Standing]:
    """Every invariant, the broken ones first; NotFound for who is no admin."""
    if not admin.is_admin:
        raise NotFound
    known = {result.name: result for result in session().scalars(select(CheckResult))}
    every = [Standing(one, known.get(one.name)) for one in rules.INVARIANTS]
    return sorted(every, key=lambda standing: standing.result is None or standing.result.well)


def broken() -> list[str]:
    """The names of what the last looks found broken, the longest broken first."""
    chosen = select(CheckResult.name).where(CheckResult.broken_since.is_not(None))
    return [name for name in session().scalars(chosen.order_by(CheckResult.broken_since)) if rules.by_name(name)]


@dataclass(frozen=True)
class Summary:
    """How many invariants were looked at and how many of them are broken; `age` of the latest look."""

    looked_at: int
    broken: Sequence[str]
    age: timedelta | None


def summary() -> Summary:
    """What the last looks found, in short."""
    count, last = session().execute(select(func.count(CheckResult.looked_at), func.max(CheckResult.looked_at))).one()
    return Summary(count, broken(), None if last is None else clock.now() - last)
