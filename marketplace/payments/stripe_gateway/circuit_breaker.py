"""The circuit breaker of calls to Stripe: one row in the database that every process sees.

Where Stripe has not answered several times in a row, nobody asks for a while; then one caller tries whether it answers
again. A key that Stripe rejects opens it at once. Each key and address has a breaker of its own.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock
from marketplace.db import session, transactional
from marketplace.payments.models import CircuitBreaker

# So many calls in a row without an answer open it.
OPENS_AFTER = 5
LONGEST_WAIT = timedelta(seconds=60)


def breaker_id(secret_key: str, base: str) -> str:
    """The row of one key at one address; it tells nothing of the key."""
    return hashlib.sha256(f"{base} {secret_key}".encode()).hexdigest()[:16]


def wait_after(failures: int) -> timedelta:
    """How long nobody asks after so many failures in a row: 2, 4, 8 … seconds, at most a minute."""
    beyond = failures - OPENS_AFTER
    return timedelta(0) if beyond < 0 else min(timedelta(seconds=2 ** min(beyond + 1, 10)), LONGEST_WAIT)


def find(breaker: str) -> CircuitBreaker | None:
    """The breaker as the database has it now; None while all is well."""
    return session().scalar(
        select(CircuitBreaker).where(CircuitBreaker.id == breaker), execution_options={"populate_existing": True}
    )


def is_open(found: CircuitBreaker) -> bool:
    """Did so many calls in a row have no answer that only one caller at a time tries?"""
    return found.failures >= OPENS_AFTER


def may_ask(found: CircuitBreaker) -> bool:
    """May Stripe be asked now? While it is open, one caller at a time may try."""
    if not is_open(found):
        return True
    now = clock.now()
    # A clock that was set back does not keep it open for ever.
    due = found.retry_at <= now or found.retry_at > now + LONGEST_WAIT
    return due and _try(found.id, found.retry_at, now)


@transactional
def _try(breaker: str, seen: datetime, now: datetime) -> bool:
    """Take the one try that is due; False where another caller has it."""
    taken = (
        update(CircuitBreaker)
        .where(CircuitBreaker.id == breaker, CircuitBreaker.retry_at == seen)
        .values(retry_at=now + LONGEST_WAIT)
        .returning(CircuitBreaker.id)
    )
    return session().scalar(taken) is not None


@transactional
def answered(breaker: str) -> None:
    """Record that Stripe answers: the breaker closes."""
    session().execute(delete(CircuitBreaker).where(CircuitBreaker.id == breaker))


@transactional
def did_not_answer(breaker: str, reason: str, *, for_certain: bool = False, tried: bool = False) -> None:
    """Record a call without an answer; `for_certain`, the next one would have none either.

    `tried` is that it was the one call that tries while the breaker is open: that alone makes the wait longer. What was
    under way when it opened says nothing new.
    """
    now = clock.now()
    row = {"id": breaker, "failures": 0, "reason": reason, "since": now, "retry_at": now}
    # The row is written, not only looked for: another caller's answer may take it away meanwhile.
    noted = insert(CircuitBreaker).values(row).on_conflict_do_update(index_elements=["id"], set_={"reason": reason})
    found = session().scalars(noted.returning(CircuitBreaker), execution_options={"populate_existing": True}).one()
    if is_open(found) and not tried:
        return
    found.failures = max(found.failures + 1, OPENS_AFTER if for_certain else 0)
    found.retry_at = now + wait_after(found.failures)
