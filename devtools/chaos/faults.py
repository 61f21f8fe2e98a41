"""Faults: time jumps, Stripe fails, webhooks go astray, processes and databases die."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from devtools.chaos.client import Watch
from devtools.chaos.plan import Fault
from devtools.chaos.system import WEB, WORKER, System, eventually

WORDS = {
    "fail_before": "Stripe failed before it did it",
    "fail_after": "Stripe failed after it did it",
    "drop_before": "socket dropped before Stripe did it",
    "drop_after": "socket dropped after Stripe did it",
    "slow_before": "Stripe timed out before it did it",
    "slow_after": "Stripe timed out after it did it",
    "rate_limit": "Stripe said 429",
}
# Stripe is not down for good: what meets no call is forgotten when so many failures wait for one.
MOST_AT_ONCE = 8
MOST_BEHIND, BEHIND_SECONDS = 40, 2
# A little longer than the site waits.
SLOW_SECONDS = 5
# Later than the queue tries again what failed, so that a message is no rescue from a lost answer.
LATE_SECONDS = 6


class FaultInjector:
    """Lets planned faults happen to a system, and counts them by kind."""

    def __init__(self, system: System, watch: Watch) -> None:
        self.system, self.watch = system, watch
        self.injected: Counter[str] = Counter()
        self.passed_seconds = 0

    def inject(self, fault: Fault) -> None:
        """Let one happen."""
        kinds: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "time_passes": self._time,
            "stripe": self._stripe,
            "webhooks_well": self._well,
            "worker_killed": lambda _how: self._kill(WORKER),
            "web_killed": lambda _how: self._kill(WEB),
            "postgres_restarted": self._postgres,
        }
        kinds.get(fault.kind, lambda _how: self._webhooks(fault.kind))(fault.how)

    def _time(self, how: Mapping[str, Any]) -> None:
        # A day is longer than the queue: it may be behind by minutes, not by everything that was ever asked of it.
        with suppress(TimeoutError):
            eventually("the queue to follow", lambda: self.system.due_jobs() <= MOST_BEHIND, BEHIND_SECONDS)
        self.system.advance(how["seconds"])
        self.passed_seconds += how["seconds"]

    def _stripe(self, how: Mapping[str, Any]) -> None:
        if len(self.system.control("GET", "faults")["data"]) >= MOST_AT_ONCE:
            self.forgive()
        self.system.control("POST", "faults", {**how, "seconds": SLOW_SECONDS})
        self.injected[WORDS[how["kind"]]] += how["times"]

    def forgive(self) -> None:
        """What was planned for Stripe and has met no call yet does not happen, and is not counted."""
        for spared in self.system.control("GET", "faults")["data"]:
            self.injected[WORDS[spared["kind"]]] -= spared["times"]
        self.system.control("DELETE", "faults")

    def _webhooks(self, kind: str) -> None:
        mode = {"webhooks_dropped": "drop", "webhooks_late": "delay"}.get(kind, "hold")
        self.system.control("POST", "deliveries/mode", {"mode": mode, "seconds": LATE_SECONDS})
        self.injected[kind.replace("_", " ")] += 1

    def _well(self, how: Mapping[str, Any]) -> None:
        """Webhooks come as they should again; what was held comes now, in whatever way was planned."""
        self.system.control("POST", "deliveries/mode", {"mode": "normal"})
        order = {"webhooks_reversed": "reverse", "webhooks_shuffled": "shuffle"}.get(how["after"], "sent")
        copies = 2 if how["after"] == "webhooks_doubled" else 1
        self.system.control("POST", "deliveries/flush", {"order": order, "copies": copies, "seed": how["seed"]})

    def _kill(self, name: str) -> None:
        with self.watch.breaking():
            self.system.restart(name)
        self.injected[f"{name} killed with -9"] += 1

    def _postgres(self, how: Mapping[str, Any]) -> None:
        with self.watch.breaking():
            self.system.restart_postgres(immediate=how["immediate"])
        self.injected["PostgreSQL crashed" if how["immediate"] else "PostgreSQL restarted"] += 1

    def stop(self) -> None:
        """Everything goes well from here on."""
        self.forgive()
        self._well({"after": "", "seed": 0})
        for name in self.system.down():
            self.system.start(name)
        self.system.wait_for_web()
