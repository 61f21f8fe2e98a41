"""What the sandbox says of itself, read through its API as anybody would read Stripe."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import requests

from devtools.env import SANDBOX_KEY

PAGE = 100
TIMEOUT_SECONDS = 60


class StripeObjects:
    """Stripe's side of every cent."""

    def __init__(self, sandbox: str) -> None:
        self.sandbox = sandbox
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {SANDBOX_KEY}"

    def read(self, path: str, **query: str) -> dict[str, Any]:
        """One answer of the API."""
        answer = self._session.get(f"{self.sandbox}/v1/{path}", params=query, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        return dict(answer.json())

    def all(self, path: str) -> Iterator[dict[str, Any]]:
        """Everything of one kind, the newest first."""
        after: dict[str, str] = {}
        while True:
            page = self.read(path, limit=str(PAGE), **after)
            yield from page["data"]
            if not page["has_more"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}

    def net_by_source(self) -> dict[tuple[str, str], int]:
        """What every object moved in the balance, net of fees, in minor units by (its id, currency)."""
        net: dict[tuple[str, str], int] = defaultdict(int)
        for line in self.all("balance_transactions"):
            net[line["source"] or "", line["currency"]] += line["net"]
        return dict(net)

    def balance(self) -> dict[str, int]:
        """Available and pending together, by currency."""
        held: dict[str, int] = defaultdict(int)
        found = self.read("balance")
        for part in (*found["available"], *found["pending"]):
            held[part["currency"]] += part["amount"]
        return dict(held)
