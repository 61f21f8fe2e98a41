"""Planned faults: the next calls on a path fail, hang up, are slow, before or after, or answer a given error."""

import fnmatch
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

from .errors import StripeError

# `fail` is an answer that never was Stripe's; `break` is a 500 of Stripe's own, which the idempotency key keeps.
KINDS = ("fail", "drop", "slow", "break")
ALL_KINDS = frozenset(f"{kind}_{when}" for kind in KINDS for when in ("before", "after")) | {"rate_limit", "error"}


@dataclass
class Fault:
    """`path` may hold `*`; `method` may be `*`; `times` is how many calls it still meets; `seconds` is for slow_*.

    `error` is what the kind error answers: `{status, type, code, message, param, stored}`; `stored` under the key.
    """

    path: str
    kind: str
    method: str = "*"
    times: int = 1
    seconds: float = 5.0
    error: dict[str, Any] = field(default_factory=dict)

    def answer(self) -> StripeError:
        """The error that the kind error answers."""
        given = {"status": 400, "message": "Refused.", "stored": False, **self.error}
        return StripeError(str(given.pop("message")), type_=given.pop("type", "invalid_request_error"), **given)

    def meets(self, method: str, path: str) -> bool:
        """Whether this call is one of those it waits for."""
        return self.times > 0 and self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)


class Faults:
    """The plan; it is not part of the saved state."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plan: list[Fault] = []

    def add(self, given: dict[str, Any]) -> dict[str, Any]:
        """Plan one: `{path, kind, method, times, seconds}`; a 400 when it makes no sense."""
        try:
            fault = Fault(**given)
        except TypeError as mistake:
            raise StripeError(f"A fault is {{path, kind, method, times, seconds}}: {mistake}") from None
        if fault.kind not in ALL_KINDS:
            raise StripeError(f"Invalid kind: must be one of {', '.join(sorted(ALL_KINDS))}", param="kind")
        with self._lock:
            self._plan.append(fault)
        return asdict(fault)

    def clear(self) -> None:
        """Let everything go well again."""
        with self._lock:
            self._plan.clear()

    def replace(self, plan: list[dict[str, Any]]) -> None:
        """Let that be the whole plan."""
        with self._lock:
            self._plan = [Fault(**fault) for fault in plan]

    def planned(self) -> list[dict[str, Any]]:
        """What is still to come."""
        with self._lock:
            return [asdict(fault) for fault in self._plan if fault.times > 0]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this call meets, used up by one."""
        with self._lock:
            for fault in self._plan:
                if fault.meets(method, path):
                    fault.times -= 1
                    return fault
        return None
