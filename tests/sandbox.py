"""The Stripe sandbox for tests: the running one, with the words that tests use."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests

from stripe_sandbox.testing import RunningSandbox, running


class Sandbox(RunningSandbox):
    """A sandbox of this test process; its events are delivered by hand, as a test wants them."""

    @classmethod
    @contextmanager
    def running(cls) -> Iterator["Sandbox"]:
        with running() as sandbox:
            yield cls(sandbox.server)

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call `/_sandbox/<path>` without a network in between: tests do so at every turn."""
        answer = self.server.app.test_client().open(f"/_sandbox/{path}", method=method, json=body)
        if answer.status_code >= 400:
            raise requests.HTTPError(f"{answer.status} for {method} {path}: {answer.text}")
        return dict(answer.get_json())

    def set_clock(self, instant: datetime) -> None:
        """Show `instant`; what falls due until then happens before this returns."""
        self.control("PUT", "clock", {"now": instant.timestamp()})

    def read(self, path: str, **params: Any) -> dict[str, Any]:
        """GET /v1/<path> as the platform."""
        answer = requests.get(
            f"{self.url}/v1/{path}", params=params, headers={"Authorization": f"Bearer {self.secret_key}"}, timeout=60
        )
        answer.raise_for_status()
        return dict(answer.json())

    def events(self, *types: str) -> list[dict[str, Any]]:
        """Everything that happened, the oldest first."""
        found = self.read("events", limit=100)["data"][::-1]
        return [event for event in found if not types or event["type"] in types]

    def balance_net(self) -> int:
        """What our Stripe balance came to, in cents, every currency added up as if it were one."""
        return sum(line["net"] for line in self.read("balance_transactions", limit=100)["data"])


def signed(event: dict[str, Any], secret: str, *, at: int | None = None) -> tuple[bytes, str]:
    """The raw body of a webhook, and the header that Stripe would sign it with."""
    body = json.dumps(event).encode()
    stamp = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={stamp},v1={digest}"
