"""The Stripe sandbox for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime


class Sandbox:
    url = "http://127.0.0.1:9"
    secret_key = "sk_test_tests"

    @classmethod
    @contextmanager
    def running(cls) -> Iterator["Sandbox"]:
        yield cls()

    def set_clock(self, instant: datetime) -> None:
        return None

    def reset(self) -> None:
        return None
