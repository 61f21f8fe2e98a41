"""A client of the JSON API that retries as a good one does, under one Idempotency-Key."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

# Where Stripe has not answered many times in a row, nobody asks it for a minute.
PATIENCE_SECONDS = 75
# Who is told that Stripe does not answer comes back another time.
PATIENCE_WITHOUT_STRIPE_SECONDS = 3
TIMEOUT_SECONDS = 30
LONGEST_WAIT_SECONDS = 2.0
# How long after a crash its consequences are still its own: a pool notices dead connections one by one.
AFTERMATH_SECONDS = 6.0
IN_FLIGHT = "still being answered"


@dataclass(frozen=True)
class Answer:
    """What the site said in the end; status 0 if it never did."""

    status: int
    body: Any

    @property
    def fine(self) -> bool:
        """Was it done?"""
        return 200 <= self.status < 300


@dataclass
class Watch:
    """Who saw which server error when, and when something was broken on purpose."""

    errors: list[tuple[float, int, str]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    broken: list[tuple[float, float]] = field(default_factory=list)
    stripe_is_away: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def saw(self, status: int, what: str) -> None:
        """Note an answer of 500 or more."""
        with self._lock:
            self.errors.append((time.monotonic(), status, what))

    def gave_up(self, what: str) -> None:
        """Note that nobody answered for as long as one waits."""
        with self._lock:
            self.unanswered.append(what)

    @contextmanager
    def breaking(self) -> Iterator[None]:
        """Whatever goes wrong meanwhile, and shortly after, has its reason."""
        began = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self.broken.append((began, time.monotonic() + AFTERMATH_SECONDS))

    def unexplained(self) -> list[str]:
        """Server errors without a reason. 503 names one itself: Stripe or the database does not answer."""
        found = [
            f"{status} for {what}"
            for at, status, what in self.errors
            if status != 503 and not any(began <= at <= ended for began, ended in self.broken)
        ]
        return found + [f"no answer to {what}" for what in self.unanswered]


class Client:
    """The API with somebody's token. One for each thread that uses it at a time."""

    def __init__(self, site: str, token: str, watch: Watch) -> None:
        self.root = f"{site}/api/v1"
        self.watch = watch
        self._headers = {"Authorization": f"Bearer {token}"}
        self._kept = threading.local()

    def get(self, path: str, **query: Any) -> Answer:
        """Read."""
        return self._persist("GET", path, None, query)

    def post(self, path: str, body: Any = None) -> Answer:
        """Do something, once, however often it has to be asked."""
        return self._persist("POST", path, body, {})

    def put(self, path: str, body: Any) -> Answer:
        """Replace something."""
        return self._persist("PUT", path, body, {})

    def patch(self, path: str, body: Any) -> Answer:
        """Change something."""
        return self._persist("PATCH", path, body, {})

    def delete(self, path: str) -> Answer:
        """Remove something."""
        return self._persist("DELETE", path, None, {})

    def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """A list's first page; nothing where the site refused."""
        answer = self.get(path, **query)
        found = answer.body if answer.fine else []
        return list(found["items"] if isinstance(found, dict) else found)

    def _persist(self, method: str, path: str, body: Any, query: dict[str, Any]) -> Answer:
        headers = self._headers | ({"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {"If-Match": "*"})
        began, wait = time.monotonic(), 0.2
        while True:
            answer = self._ask(method, path, body, query, headers)
            again = answer.status == 0 or answer.status >= 500 or IN_FLIGHT in str(answer.body)
            if not again:
                return answer
            told_why = answer.status == 503 and self.watch.stripe_is_away
            patience = PATIENCE_WITHOUT_STRIPE_SECONDS if told_why else PATIENCE_SECONDS
            if time.monotonic() > began + patience:
                if answer.status != 409 and not told_why:
                    self.watch.gave_up(f"{method} {path}")
                return answer
            time.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    def _ask(self, method: str, path: str, body: Any, query: dict[str, Any], headers: dict[str, str]) -> Answer:
        try:
            answer = self._session().request(
                method, self.root + path, params=query, json=body, headers=headers, timeout=TIMEOUT_SECONDS
            )
            found = answer.json() if answer.content else None
        except (requests.RequestException, ValueError):
            return Answer(0, None)
        if answer.status_code >= 500:
            self.watch.saw(answer.status_code, f"{method} {path}: {found}")
        return Answer(answer.status_code, found)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._kept, "session", None)
        if session is None:
            session = self._kept.session = requests.Session()
        return session
