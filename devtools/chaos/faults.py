"""Faults: time jumps, Stripe fails, webhooks go astray, processes and databases die."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from devtools.chaos.client import Watch
from devtools.chaos.stripe_faults import FOR_A_WHILE, Fault
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
# The site asks at least once in so long whether Stripe answers again.
BREAKER_SECONDS = 61


def _what(fault: Mapping[str, Any]) -> tuple[str, ...]:
    """What is planned, told apart from all else that is."""
    return fault["kind"], fault["method"], fault["path"], fault.get("error", {}).get("message", "")


class FaultInjector:
    """Lets planned faults happen to a system, and counts them by kind."""

    def __init__(self, system: System, watch: Watch) -> None:
        self.system, self.watch = system, watch
        self.injected: Counter[str] = Counter()
        self.passed_seconds = 0
        self._words: dict[tuple[str, ...], str] = {}
        self._refusals: list[dict[str, Any]] = []

    def inject(self, fault: Fault) -> None:
        """Let one happen."""
        kinds: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "time_passes": self._time,
            "stripe": self._stripe,
            "refusal": self._refuse,
            "outage": self._outage,
            "outage_over": lambda _how: self._outage_over(),
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
        self._plan(WORDS[how["kind"]], {**how, "seconds": SLOW_SECONDS})

    def _refuse(self, how: Mapping[str, Any]) -> None:
        self._plan(how["words"], how["fault"])

    def _plan(self, words: str, fault: Mapping[str, Any]) -> None:
        if self.watch.stripe_is_away:
            return
        waiting = [one for one in self._waiting() if one["kind"] != "error"]
        if len(waiting) >= MOST_AT_ONCE:
            self._begin_anew([one for one in self._waiting() if one["kind"] == "error"])
        self.system.control("POST", "faults", fault)
        self._words[_what(fault)] = words
        self.injected[words] += fault["times"]

    def _outage(self, how: Mapping[str, Any]) -> None:
        """From now on Stripe answers every call alike; what it would refuse of single ones, it refuses afterwards."""
        self._refusals = [one for one in self._waiting() if one["kind"] == "error"]
        self._begin_anew(self._refusals)
        self.system.control("DELETE", "faults")
        self.watch.stripe_is_away = True
        self.system.control("POST", "faults", how["fault"])
        self.injected[how["words"]] += 1

    def _outage_over(self) -> None:
        """Stripe answers, and so long after it that every process has asked again whether it does."""
        self._begin_anew([])
        for refusal in self._refusals:
            self.system.control("POST", "faults", refusal)
        self._refusals = []
        self.system.advance(BREAKER_SECONDS)
        self.watch.stripe_is_away = False

    def _waiting(self) -> list[dict[str, Any]]:
        """What is planned for Stripe and has met no call yet."""
        return list(self.system.control("GET", "faults")["data"])

    def _begin_anew(self, kept: list[dict[str, Any]]) -> None:
        """Of what is planned for Stripe only `kept` happens still; the rest is not counted."""
        for spared in self._waiting():
            if spared["times"] < FOR_A_WHILE // 2 and spared not in kept:
                self.injected[self._words[_what(spared)]] -= spared["times"]
        self.system.control("DELETE", "faults")
        for one in kept:
            self.system.control("POST", "faults", one)

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
        self._begin_anew([])
        self.watch.stripe_is_away = False
        self._well({"after": "", "seed": 0})
        for name in self.system.down():
            self.system.start(name)
        self.system.wait_for_web()
