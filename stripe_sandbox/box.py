"""The sandbox itself: one lock, one transaction, one clock around all that it remembers."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .absences import Absences
from .clock import SandboxClock
from .faults import Faults
from .ids import new_id
from .shapes import Obj
from .store import Store


@dataclass(frozen=True)
class Endpoint:
    """A webhook endpoint from the command line: `kind` is platform, connect or thin."""

    kind: str
    url: str
    secret: str


@dataclass(frozen=True)
class Config:
    """How a sandbox is set up. `retry_seconds` are the wall-clock waits between delivery attempts."""

    db: str = ":memory:"
    clock_file: Path | None = None
    webhooks: tuple[Endpoint, ...] = ()
    public_url: str | None = None
    retry_seconds: tuple[float, ...] = (1, 5, 30, 120, 600, 3600)
    settlement_days: int = 2
    country: str = "US"
    # The currencies that the account holds, the one that others are converted into first; empty: all of them.
    settles: tuple[str, ...] = ()


@dataclass
class Request:
    """The API request in progress, which events name as their cause."""

    id: str = field(default_factory=lambda: new_id("req", 14))
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Kept:
    """A sandbox as it was at one moment."""

    store: bytes
    now: float
    faults: list[dict[str, Any]]
    delivery_mode: dict[str, Any]
    refund_policy: dict[str, Any]
    settles: tuple[str, ...]


# Assumed: Stripe's threshold varies from account to account; 50 units forgive the fee of the charge itself.
REFUND_POLICY = {"overdraft_units": 5000, "beyond": "pending"}
Timer = Callable[["Sandbox", str], None]
TIMERS: dict[str, list[Timer]] = {}


def timer(action: str) -> Callable[[Timer], Timer]:
    """Register something that happens when a timer of that name is due; it is given the object's id."""

    def register(function: Timer) -> Timer:
        TIMERS.setdefault(action, []).append(function)
        return function

    return register


class Sandbox:
    """Everything a running sandbox holds. All work happens inside `transaction()`."""

    def __init__(self, config: Config) -> None:
        clock_file = config.clock_file
        if clock_file is None and config.db != ":memory:":
            clock_file = Path(config.db + ".clock.json")
        self.config = config
        self.lock = threading.RLock()
        self.store = Store(config.db)
        self.clock = SandboxClock(clock_file)
        self.faults = Faults()
        self.absences = Absences()
        self.request: Request | None = None
        self.delivery_mode: dict[str, Any] = {"mode": "normal"}
        # How far below zero a refund may leave the available balance, and what becomes of one that asks for more.
        self.refund_policy: dict[str, Any] = dict(REFUND_POLICY)
        self.settles = config.settles
        # What restricted keys may do: `rk_test_…` to patterns of "METHOD /path".
        self.restricted_keys: dict[str, list[str]] = {}
        self.deliveries_due = threading.Event()
        self.enqueued = False
        self._as_of: int | None = None
        self._depth = 0

    def now(self) -> int:
        """Simulated time in whole seconds since 1970; inside a timer, the moment the timer was set for."""
        return int(self.clock.now()) if self._as_of is None else self._as_of

    def keep(self) -> Kept:
        """All of its state, to be given back later; of a sandbox whose state is in memory."""
        with self.lock:
            plan = self.faults.planned()
            mode, policy = dict(self.delivery_mode), dict(self.refund_policy)
            return Kept(self.store.keep(), self.clock.now(), plan, mode, policy, self.settles)

    def restore(self, kept: Kept) -> None:
        """Be as it was then; the clock runs on from there."""
        with self.lock:
            self.store.restore(kept.store)
            self.clock.set_offset(kept.now - time.time())
            self.faults.replace(kept.faults)
            self.delivery_mode = dict(kept.delivery_mode)
            self.refund_policy = dict(kept.refund_policy)
            self.settles = kept.settles

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        """Alone with the state: what is due happens first; everything inside is kept or nothing is."""
        with self.lock:
            if self._depth:
                yield self.store
                return
            self._depth += 1
            try:
                self.store.db.execute("begin")
                self._tick()
                self.store.db.execute("commit")
                self.store.db.execute("begin")
                yield self.store
                self.store.db.execute("commit")
            except BaseException:
                if self.store.db.in_transaction:
                    self.store.db.execute("rollback")
                raise
            finally:
                self._depth -= 1
            if self.enqueued:
                self.enqueued = False
                self.deliveries_due.set()

    def _tick(self) -> None:
        now = self.now()
        while due := self.store.next_timer(now):
            self._as_of = int(due["due_at"])
            try:
                for happen in TIMERS[due["action"]]:
                    happen(self, due["object_id"])
            finally:
                self._as_of = None

    def add(self, obj: Obj, account: str = "") -> Obj:
        """Keep a new object, created now."""
        return self.store.add(obj, self.now(), account)
