"""A sandbox inside a test: `with running() as sandbox:`, with its state in memory."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from .box import Config, Endpoint, Kept
from .deliveries import listed
from .server import Server


class RunningSandbox:
    """A sandbox that serves from this process. Control goes over HTTP, as from anywhere else."""

    secret_key = "sk_test_sandbox"  # noqa: S105

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = server.url
        self._http = requests.Session()
        self._http.trust_env = False

    @property
    def base_addresses(self) -> dict[str, str]:
        """For `stripe.StripeClient(key, base_addresses=…)`: every address, so that nothing goes to Stripe."""
        return dict.fromkeys(("api", "files", "connect", "meter_events"), self.url)

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call `/_sandbox/<path>`; `requests.HTTPError` when it refuses."""
        answer = self._http.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return dict(answer.json())

    def reset(self, webhooks: list[Endpoint] | None = None) -> None:
        """Forget everything; `webhooks` replaces the endpoints that the sandbox was started with."""
        points = {} if webhooks is None else {"webhooks": [vars(point) for point in webhooks]}
        self.control("POST", "reset", points)

    def keep(self) -> Kept:
        """Its whole state at this moment."""
        return self.server.box.keep()

    def restore(self, kept: Kept) -> None:
        """Be as it was then, once no delivery is under way; the clock runs on from there."""
        with self.server.deliverer.sending:
            self.server.box.restore(kept)

    def add_webhook(self, url: str, secret: str, kind: str = "platform") -> None:
        """Send events of that kind (platform, connect, thin) there from now on."""
        self.control("POST", "webhooks", {"kind": kind, "url": url, "secret": secret})

    def rotate_secret(self, url: str, secret: str, keep_seconds: int = 0) -> None:
        """Give the endpoint at `url` a new secret; the old one signs beside it for so long."""
        points = self.control("GET", "webhooks")["data"]
        (found,) = [point["id"] for point in points if point["url"] == url]
        self.control("POST", f"webhooks/{found}/rotate", {"secret": secret, "keep_seconds": keep_seconds})

    @property
    def books(self) -> dict[str, Any]:
        """Both sides of everything that moved: accounts, sums (all 0), differences (none)."""
        return self.control("GET", "books")

    @property
    def now(self) -> float:
        """Simulated seconds since 1970."""
        return float(self.control("GET", "clock")["now"])

    def set_clock(self, instant: datetime) -> None:
        """Let it be that time, which must carry a zone; the clock runs on from there."""
        self.control("PUT", "clock", {"now": instant.timestamp()})

    def advance(self, seconds: float) -> None:
        """Move the clock on; whatever falls due has happened when this returns."""
        self.control("POST", "clock/advance", {"seconds": seconds})

    def pay(self, session_id: str, card: str = "4242424242424242", **more: str) -> dict[str, Any]:
        """Pay a session; `three_d_secure="complete"|"fail"`, `email`, `name`, `country` for its tax, or by
        `bank_account` instead of a card. Answers even a decline: the body."""
        answer = self._http.post(
            f"{self.url}/_sandbox/checkout/{session_id}/pay", json={"card": card, **more}, timeout=30
        )
        return dict(answer.json())

    def onboard(self, account_id: str, outcome: str = "complete", **more: str) -> None:
        """End an account's onboarding: complete, leave or rejected; `bank_account` is where its money goes."""
        self.control("POST", f"accounts/{account_id}/onboard", {"outcome": outcome, **more})

    def remove_bank(self, account_id: str) -> None:
        """Remove the bank account that an account is paid out to, as its owner does."""
        self.control("DELETE", f"accounts/{account_id}/bank")

    def set_capability(self, account_id: str, status: str) -> None:
        """Let Stripe change its mind: active, pending, restricted, rejected or unsupported."""
        self.control("POST", f"accounts/{account_id}/capability", {"status": status})

    def add_available(self, amount: int, currency: str = "usd") -> dict[str, Any]:
        """Add minor units to the platform's available balance; the top-up."""
        return self.control("POST", "balance/available", {"amount": amount, "currency": currency})

    def settle_in(self, *currencies: str) -> None:
        """Let the account hold these alone, and convert all else into the first; without any it holds everything."""
        self.control("POST", "settlement", {"currencies": list(currencies)})

    def dispute(self, charge_id: str, **more: Any) -> dict[str, Any]:
        """Have a charge disputed now: `reason`, `inquiry`, `amount`; the dispute."""
        return self.control("POST", "disputes", {"charge": charge_id, **more})

    def decide(self, dispute_id: str, outcome: str) -> dict[str, Any]:
        """Let the bank decide: won, lost or escalated; the dispute."""
        return self.control("POST", f"disputes/{dispute_id}/decide", {"outcome": outcome})

    def fault(self, path: str, kind: str, *, method: str = "*", times: int = 1, seconds: float = 5) -> None:
        """Plan a misfortune: {fail,drop,slow,break}_{before,after} or rate_limit."""
        plan = {"path": path, "kind": kind, "method": method, "times": times, "seconds": seconds}
        self.control("POST", "faults", plan)

    def refuse(self, path: str, *, method: str = "*", times: int = 1, **error: Any) -> None:
        """Answer the next calls with this error of Stripe's: `status`, `type`, `code`, `message`, `param`, `stored`."""
        plan = {"path": path, "kind": "error", "method": method, "times": times, "error": error}
        self.control("POST", "faults", plan)

    def recover(self) -> None:
        """Let everything go well again."""
        self.control("DELETE", "faults")

    def leave_out(self, *fields: str, nulls: bool = False) -> None:
        """Leave these fields (`charge.outcome.reason`) out of all answers, or whatever is null; nothing without."""
        self.control("PUT", "absences", {"fields": fields, "nulls": nulls})

    def deliver(self, mode: str, seconds: float = 0) -> None:
        """What becomes of events from now on: normal, hold, drop, or delay by `seconds`."""
        self.control("POST", "deliveries/mode", {"mode": mode, "seconds": seconds})

    def flush(self, order: str = "sent", copies: int = 1, seed: int = 0) -> list[dict[str, Any]]:
        """Send what is held, in the order sent, reverse or shuffle, each `copies` times; returns when all are out."""
        wanted = {"order": order, "copies": copies, "seed": seed}
        return list(self.control("POST", "deliveries/flush", wanted)["data"])

    def take(self, order: str = "sent", seed: int = 0) -> list[dict[str, Any]]:
        """What is held, to be posted by the test itself (a Flask test client listens on no port): `{url, kind, type,
        payload, signature}`. Hold events first with `deliver("hold")`."""
        return list(self.control("POST", "deliveries/take", {"order": order, "seed": seed})["data"])

    def resend(self, event_id: str, copies: int = 1) -> list[dict[str, Any]]:
        """Send one event again."""
        return list(self.control("POST", "deliveries/resend", {"event": event_id, "copies": copies})["data"])

    @property
    def deliveries(self) -> list[dict[str, Any]]:
        """Every delivery in the order it was queued: type, url, kind, status, attempts, response_status, error."""
        return list(self.control("GET", "deliveries")["data"])

    def settle(self, timeout_seconds: float = 10) -> None:
        """Wait until no delivery is pending; TimeoutError when that does not come."""
        until = time.monotonic() + timeout_seconds
        while time.monotonic() < until:
            with self.server.box.transaction():
                if not listed(self.server.box, status="pending"):
                    return
            time.sleep(0.005)
        raise TimeoutError("deliveries are still pending")

    def close(self) -> None:
        """Stop it."""
        self._http.close()
        self.server.stop()


@contextmanager
def running(
    *,
    db: str = ":memory:",
    clock_file: Path | None = None,
    webhooks: tuple[Endpoint, ...] = (),
    retry_seconds: tuple[float, ...] = (0.05, 0.05, 0.1),
    **more: Any,
) -> Iterator[RunningSandbox]:
    """Start a sandbox on a free port of 127.0.0.1 and stop it at the end. `more` goes to `Config`."""
    config = Config(db=db, clock_file=clock_file, webhooks=webhooks, retry_seconds=retry_seconds, **more)
    server = Server(config)
    server.start()
    sandbox = RunningSandbox(server)
    try:
        yield sandbox
    finally:
        sandbox.close()
