"""After the faults: time passes until every window has closed, and the queue comes to rest."""

import random
import time
from collections.abc import Callable
from contextlib import suppress

from flask import Flask

from devtools.chaos.dataset import Dataset
from devtools.chaos.operations import do
from devtools.chaos.operations.payouts import HELD_BACK, NOT_TAKEN_BACK, TO_TRANSFER
from devtools.chaos.plan import ADMIN, COACH, HOUR, MENTEE, Operation
from devtools.chaos.stripe_objects import StripeObjects
from devtools.chaos.system import System
from marketplace import jobs
from marketplace.db import transactional
from marketplace.worker import SCHEDULE

REST_SECONDS = 45
# What failed is tried again at most four minutes later.
BY_ITSELF_SECONDS = 260
DAY = 24 * HOUR
# Small steps first: holds lapse, requests lapse, then sessions end, windows close, banks answer.
STEPS = (20 * 60, 2 * HOUR, 2 * HOUR, HOUR, HOUR, HOUR, 12 * HOUR, DAY)
STEP = 3 * DAY
# Credits that nobody uses are kept for two months, queues for one: what lies so far ahead comes nearer in long steps.
LONG_STEP, LONG_AHEAD = 10 * DAY, 20
# What people still do while time passes in hours: sessions are under way, and answers are awaited.
MEANWHILE = (
    ("propose_overrun", COACH),
    ("answer_overrun", MENTEE),
    ("deliver_answer", COACH),
    ("ask_follow_up", MENTEE),
    ("report_answer", MENTEE),
    ("respond_to_report", COACH),
    ("schedule_credit", MENTEE),
    ("give_feedback", MENTEE),
)
# A session completes itself after a day, its window closes two days later; a debit takes four, money two to arrive.
AFTER_THE_LAST = 8 * DAY
MOST_STEPS = 30

LAST_END = """
    select extract(epoch from greatest(
        (
            select max(ends_at) from bookings
            where status in ('held', 'requested', 'confirmed', 'completed', 'cancelled')
        ),
        -- A week before nobody answers any more.
        (select max(answer_by) - interval '7 days' from asks where status = 'open'),
        (select max(valid_until) - interval '7 days' from quotes where status in ('sent', 'held')),
        (select max(lapses_at) - interval '7 days' from ask_queue_places where status = 'waiting'),
        (select max(expires_at) - interval '7 days' from session_credits where status = 'open'),
        (
            select max(coalesce(follow_up_at, delivered_at, deliver_by)) from written_answers
            where status in ('ordered', 'submitted') or (status = 'delivered' and released_at is null)
        )
    ))
"""


def settle(
    system: System,
    app: Flask,
    dataset: Dataset,
    say: Callable[[str], None],
    *,
    seed: int,
    most_steps: int = MOST_STEPS,
    by_itself: bool = False,
) -> tuple[float, float]:
    """Let everything come to its end; how many seconds that took, and until the queue was at rest for the first time.

    A queue that finds no rest is left as it is; with `by_itself` the clock is moved only once it could have found it.
    """
    began = time.monotonic()
    rng = random.Random(seed)
    _rest(system, app, patience_seconds=BY_ITSELF_SECONDS if by_itself else REST_SECONDS)
    rested = time.monotonic() - began
    left = 0.0
    for number in range(most_steps):
        system.advance(STEPS[number] if number < len(STEPS) else LONG_STEP if left > LONG_AHEAD else STEP)
        if number < len(STEPS):
            _go_on(dataset, rng)
        _decide(system, dataset, rng)
        _rest(system, app, sweeps=1)
        left = _days_left(system)
        say(f"  settling, step {number + 1}: {max(left, 0):.0f} days to go")
        if left <= 0 and number >= len(STEPS):
            break
    _rest(system, app)
    _pay_out(dataset, rng)
    _rest(system, app)
    # What is paid by hand waits for somebody who says so.
    _decide(system, dataset, rng)
    _rest(system, app)
    return time.monotonic() - began, rested


def _days_left(system: System) -> float:
    now = float(system.control("GET", "clock")["now"])
    with system.connect() as connection:
        row = connection.execute(LAST_END).fetchone()
    last = float(row[0]) if row and row[0] is not None else now - AFTER_THE_LAST
    return (last + AFTER_THE_LAST - now) / DAY


def _decide(system: System, dataset: Dataset, rng: random.Random) -> None:
    """Banks decide, admins too, accounts are looked at again, our balance is topped up."""
    for one in list(StripeObjects(system.sandbox).all("disputes")):
        if one["status"] in {"needs_response", "under_review", "warning_needs_response", "warning_under_review"}:
            outcome = rng.choice(("won", "lost"))
            with suppress(OSError):
                system.control("POST", f"disputes/{one['id']}/decide", {"outcome": outcome})
    admin = dataset.people[ADMIN][0].client
    times = {
        "decide_case": len(admin.items("/admin/attendance")),
        "decide_report": len(admin.items("/admin/written-answers/reports")),
        "retry_refund": len(admin.items("/admin/refunds")) if rng.random() < 0.5 else 0,
        "restore_account": len(dataset.people[COACH]) * 2,
        "release_payouts": len(dataset.asked(HELD_BACK)),
        "retry_reversal": len(dataset.asked(NOT_TAKEN_BACK)),
        "mark_transferred": len(dataset.asked(TO_TRANSFER)),
    }
    for name, often in times.items():
        for number in range(often):
            do(dataset, Operation(number, name, ADMIN, rng.getrandbits(32)))


def _go_on(dataset: Dataset, rng: random.Random) -> None:
    """Coaches and mentees do what waits for them."""
    for name, role in MEANWHILE:
        for number in range(len(dataset.people[role])):
            if rng.random() < 0.6:
                do(dataset, Operation(number, name, role, rng.getrandbits(32)))


def _pay_out(dataset: Dataset, rng: random.Random) -> None:
    """What is payable goes to the coaches."""
    for name in ("propose_run", "approve_run", "approve_run", "approve_run"):
        do(dataset, Operation(0, name, ADMIN, rng.getrandbits(32)))


def _rest(system: System, app: Flask, sweeps: int = 2, patience_seconds: float = REST_SECONDS) -> None:
    """Run every sweep, twice at the ends, and wait until nothing is to be done any more, as long as it becomes less."""
    for _ in range(sweeps):
        with app.app_context():
            sweep()
        least, since = system.due_jobs(), time.monotonic()
        while least and time.monotonic() - since < patience_seconds:
            time.sleep(0.2)
            due = system.due_jobs()
            if due < least:
                least, since = due, time.monotonic()


@transactional
def sweep() -> None:
    """Every periodic job now, whatever the time."""
    for _cron, name in SCHEDULE:
        jobs.enqueue(name)
