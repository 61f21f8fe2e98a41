"""One run: people are made, operations run under faults, everything settles and is checked."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from requests import RequestException

from devtools.chaos import dataset, invariants
from devtools.chaos.ask_invariants import ASK_INVARIANTS
from devtools.chaos.faults import FaultInjector
from devtools.chaos.invariants import Finding
from devtools.chaos.operations import do
from devtools.chaos.plan import Operation, Plan
from devtools.chaos.quiescence import MOST_STEPS, STEPS, settle
from devtools.chaos.stripe_objects import StripeObjects
from devtools.chaos.system import KEEPS_RUNNING, System, standing
from marketplace import environment
from marketplace.app import create_app
from marketplace.db import db
from marketplace.invariants import queries as invariant_queries

PEOPLE_AT_ONCE = 8
JOIN_SECONDS = 120
TOLD_EVERY_SECONDS = 10

Say = Callable[[str], None]


@dataclass
class Outcome:
    """What a run came to. `rested_seconds` is how long after the last fault the queue came
    to rest, `settled_seconds` how long it took until every window had closed."""

    operations: int = 0
    done: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    settled_seconds: float = 0.0
    rested_seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    def summary(self) -> dict[str, int]:
        """The last line: what must be 0 is, or it is not."""
        by_name = {finding.name: finding for finding in self.findings}

        def cases(name: str) -> int:
            return len(by_name[name].cases) if name in by_name else 0

        own = {invariants.DOUBLE_BOOKINGS, invariants.DIFFERENCES, invariants.STUCK_JOBS}
        return {
            "operations": self.operations,
            "faults": self.faults.total(),
            "double_bookings": cases(invariants.DOUBLE_BOOKINGS),
            # Several rules see the same cents from several sides.
            "cents_lost": max((finding.cents for finding in self.findings), default=0),
            "differences": cases(invariants.DIFFERENCES),
            "broken_invariants": len(by_name.keys() - own),
            "stuck_jobs": cases(invariants.STUCK_JOBS),
        }


@dataclass
class Gate:
    """People do not run ahead of what is to inject them: operations from this number on wait."""

    open_until: int = 0


def run(plan: Plan, folder: Path, say: Say, *, seed: int, about: str | None = None) -> Outcome:
    """Carry a plan out in `folder`, where the logs stay.

    Of all and of payouts to the end of the last window, of one thing else to that of holds only.
    """
    steps = MOST_STEPS if about in {None, "payouts"} else len(STEPS) - 1
    outcome = Outcome(len(plan.operations))
    with standing(folder) as system:
        app = create_app(environment.read(system.environ))
        try:
            password = secrets.token_urlsafe()
            with app.app_context():
                known = dataset.create_people(password)
            people = dataset.build(system, known, password)
            injector = FaultInjector(system, people.watch)
            _run_under_faults(plan, people, injector, outcome, say)
            say("All operations are done; letting everything come to rest…")
            injector.stop()
            outcome.settled_seconds, outcome.rested_seconds = settle(
                system, app, people, say, seed=seed, most_steps=steps, by_itself=about == "kills"
            )
            outcome.faults = injector.injected
            outcome.findings = _look(system, people)
            with app.app_context():
                outcome.findings += _invariants()
        finally:
            with app.app_context():
                db.engine.dispose()
    return outcome


def _run_under_faults(plan: Plan, people: dataset.Dataset, injector: FaultInjector, outcome: Outcome, say: Say) -> None:
    """Everybody takes the next operation of the plan; this thread injects a fault when its operation has begun."""
    line: SimpleQueue[Operation] = SimpleQueue()
    for operation in plan.operations:
        line.put(operation)
    gate = Gate()
    lives = (line, people, outcome, gate)
    threads = [threading.Thread(target=_live, args=lives, daemon=True) for _ in range(PEOPLE_AT_ONCE)]
    for thread in threads:
        thread.start()
    told = time.monotonic()
    for fault in plan.faults:
        gate.open_until = fault.at + PEOPLE_AT_ONCE
        while len(plan.operations) - line.qsize() < fault.at and any(thread.is_alive() for thread in threads):
            time.sleep(0.02)
        injector.inject(fault)
        if time.monotonic() - told > TOLD_EVERY_SECONDS:
            told = time.monotonic()
            say(f"  {len(plan.operations) - line.qsize()} operations, {injector.injected.total()} faults")
    gate.open_until = len(plan.operations)
    for thread in threads:
        thread.join(JOIN_SECONDS)


def _live(line: "SimpleQueue[Operation]", people: dataset.Dataset, outcome: Outcome, gate: Gate) -> None:
    with suppress(Empty):
        while True:
            operation = line.get_nowait()
            while operation.number >= gate.open_until:
                time.sleep(0.02)
            try:
                came = do(people, operation)
            except RequestException as trouble:
                came = type(trouble).__name__
            outcome.done[f"{operation.name}: {came}"] += 1


def _invariants() -> list[Finding]:
    """What the application itself finds broken, now that nothing is under way."""
    return [
        Finding(
            f"check {found.invariant.name}",
            (*(f"{one.kind} {one.id}: {one.said}" for one in found.violations), *filter(None, [found.failure])),
        )
        for found in invariant_queries.evaluate(settled=True)
        if not found.well
    ]


def _look(system: System, people: dataset.Dataset) -> list[Finding]:
    """Everything that is wrong now, server errors that nothing explains among it."""
    now = float(system.control("GET", "clock")["now"])
    with system.connect() as connection:
        found = invariants.look(
            invariants.Scene(connection, StripeObjects(system.sandbox), system.folder / "mail", now),
            invariants.INVARIANTS | ASK_INVARIANTS,
        )
    unexplained = tuple(people.watch.unexplained())
    ended = tuple(system.ended())
    found += [Finding("every_answer_has_its_reason", unexplained)] if unexplained else []
    return found + ([Finding(KEEPS_RUNNING, ended)] if ended else [])
