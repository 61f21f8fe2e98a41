"""The storm is over: time passes until every window has closed, and the queue comes to rest."""

import random
import time
from collections.abc import Callable
from contextlib import suppress

from flask import Flask

from devtools.chaos.books import Books
from devtools.chaos.deeds import do
from devtools.chaos.deeds.payouts import HELD_BACK, NOT_TAKEN_BACK, TO_TRANSFER
from devtools.chaos.house import House
from devtools.chaos.plan import ADMIN, COACH, HOUR, Operation
from devtools.chaos.town import Town
from marketplace import jobs
from marketplace.db import transactional
from marketplace.worker import SCHEDULE

REST_SECONDS = 45
DAY = 24 * HOUR
# Small steps first: holds lapse, requests lapse, then sessions end, windows close, banks answer.
STEPS = (20 * 60, 2 * HOUR, 12 * HOUR, DAY)
STEP = 3 * DAY
# A session completes itself after a day, its window closes two days later; a debit takes four, money two to arrive.
AFTER_THE_LAST = 8 * DAY
MOST_STEPS = 30

LAST_END = """
    select extract(epoch from max(ends_at)) from bookings
    where status in ('held', 'requested', 'confirmed', 'completed', 'cancelled')
"""


def settle(
    house: House, app: Flask, town: Town, say: Callable[[str], None], *, seed: int, most_steps: int = MOST_STEPS
) -> float:
    """Let everything come to its end; how many seconds that took. A queue that finds no rest is left as it is."""
    began = time.monotonic()
    luck = random.Random(seed)
    _rest(house, app)
    for number in range(most_steps):
        house.advance(STEPS[number] if number < len(STEPS) else STEP)
        _decide(house, town, luck)
        _rest(house, app, sweeps=1)
        left = _days_left(house)
        say(f"  settling, step {number + 1}: {max(left, 0):.0f} days to go")
        if left <= 0 and number >= len(STEPS):
            break
    _rest(house, app)
    _pay_out(town, luck)
    _rest(house, app)
    # What is paid by hand waits for somebody who says so.
    _decide(house, town, luck)
    _rest(house, app)
    return time.monotonic() - began


def _days_left(house: House) -> float:
    now = float(house.control("GET", "clock")["now"])
    with house.connect() as connection:
        row = connection.execute(LAST_END).fetchone()
    last = float(row[0]) if row and row[0] is not None else now - AFTER_THE_LAST
    return (last + AFTER_THE_LAST - now) / DAY


def _decide(house: House, town: Town, luck: random.Random) -> None:
    """Banks decide, admins too, accounts are looked at again, our balance is topped up."""
    for one in list(Books(house.sandbox).all("disputes")):
        if one["status"] in {"needs_response", "under_review", "warning_needs_response", "warning_under_review"}:
            outcome = luck.choice(("won", "lost"))
            with suppress(OSError):
                house.control("POST", f"disputes/{one['id']}/decide", {"outcome": outcome})
    admin = town.people[ADMIN][0].client
    times = {
        "decide_case": len(admin.items("/admin/attendance")),
        "refund_again": len(admin.items("/admin/refunds")) if luck.random() < 0.5 else 0,
        "restore_account": len(town.people[COACH]) * 2,
        "release_payouts": len(town.asked(HELD_BACK)),
        "retry_reversal": len(town.asked(NOT_TAKEN_BACK)),
        "mark_transferred": len(town.asked(TO_TRANSFER)),
    }
    for deed, often in times.items():
        for number in range(often):
            do(town, Operation(number, deed, ADMIN, luck.getrandbits(32)))


def _pay_out(town: Town, luck: random.Random) -> None:
    """What is payable goes to the coaches."""
    for deed in ("propose_run", "approve_run", "approve_run", "approve_run"):
        do(town, Operation(0, deed, ADMIN, luck.getrandbits(32)))


def _rest(house: House, app: Flask, sweeps: int = 2) -> None:
    """Run every sweep, twice at the ends, and wait until nothing is to be done any more, as long as it becomes less."""
    for _ in range(sweeps):
        with app.app_context():
            sweep()
        least, since = house.due_jobs(), time.monotonic()
        while least and time.monotonic() - since < REST_SECONDS:
            time.sleep(0.2)
            due = house.due_jobs()
            if due < least:
                least, since = due, time.monotonic()


@transactional
def sweep() -> None:
    """Every periodic job now, whatever the time."""
    for _cron, name in SCHEDULE:
        jobs.enqueue(name)
