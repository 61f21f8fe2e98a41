"""Fairhour from outside: a browser without JavaScript, an API client, mailbox, hosted pages."""

import re
import time
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any, TypeVar
from urllib.parse import urljoin

import requests

from devtools.env import SANDBOX_KEY

T = TypeVar("T")

PATIENCE_SECONDS = 90
TIMEOUT_SECONDS = 30


class StoryBroke(Exception):
    """The site did not do what it promises; the message says where."""


def until(what: str, look: Callable[[], T | None]) -> T:
    """Look every third of a second until there is something; raises StoryBroke."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.3)
    raise StoryBroke(f"waited {PATIENCE_SECONDS} seconds in vain for {what}")


def expect(answer: requests.Response, *statuses: int) -> requests.Response:
    """The answer if its status is one of these; raises StoryBroke with what it says."""
    if answer.status_code in statuses:
        return answer
    asked = f"{answer.request.method} {answer.request.url}"
    raise StoryBroke(f"{asked} answered {answer.status_code}, not {statuses}: {answer.text[:600]}")


class Browser:
    """Somebody's browser: cookies, and forms with their hidden CSRF token."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.session = requests.Session()

    def open(self, address: str) -> requests.Response:
        """A page, after its redirects."""
        return expect(self.session.get(urljoin(self.site, address), timeout=TIMEOUT_SECONDS), 200)

    def submit(self, address: str, fields: dict[str, Any]) -> requests.Response:
        """Open the page at `address`, fill its form and send it there."""
        page = self.open(address).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        hidden = {"csrf_token": token[1]} if token else {}
        sent = self.session.post(urljoin(self.site, address), data=hidden | fields, timeout=TIMEOUT_SECONDS)
        return expect(sent, 200)

    def press(self, page: str, address: str, fields: dict[str, Any] | None = None) -> requests.Response:
        """Press a button of the page at `page` that leads to `address`, with the fields of its form."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.open(page).text)
        sent = {"csrf_token": token[1]} if token else {}
        return expect(
            self.session.post(urljoin(self.site, address), data=sent | (fields or {}), timeout=TIMEOUT_SECONDS), 200
        )

    def sign_in(self, email: str, password: str) -> None:
        """Sign in; raises StoryBroke where the site keeps asking."""
        if "/login" in self.submit("/login", {"email": email, "password": password}).url:
            raise StoryBroke(f"{email} could not sign in")

    def token(self, *scopes: str, password: str = "") -> str:
        """A new access token from the account page; with the password where a link in a mail signed in."""
        shown = {"step_up_password": password} if password else {}
        made = self.submit("/account/tokens", {"name": "Story", "scopes": scopes, "lasts_days": "90"} | shown)
        found = re.search(r'id="new-token">([^<]+)<', made.text)
        if found is None:
            raise StoryBroke("the account page showed no new token")
        return unescape(found[1])


class Api:
    """The JSON API with somebody's token, or with nobody's."""

    def __init__(self, site: str, token: str | None = None) -> None:
        self.root = f"{site}/api/v1"
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: Any) -> Any:
        """What is at `path`."""
        answer = requests.get(self.root + path, params=query, headers=self.headers, timeout=TIMEOUT_SECONDS)
        return expect(answer, 200).json()

    def post(self, path: str, body: Any = None, status: int | None = None) -> Any:
        """Send `body`; expects 200, 201 or 202, or `status`."""
        return self._send("POST", path, body, *((status,) if status else (200, 201, 202)))

    def put(self, path: str, body: Any) -> Any:
        """Replace what is at `path`."""
        return self._send("PUT", path, body, 200)

    def _send(self, method: str, path: str, body: Any, *statuses: int) -> Any:
        headers = self.headers | {"Idempotency-Key": uuid.uuid4().hex}
        if method == "PUT":
            headers["If-Match"] = "*"
        answer = requests.request(method, self.root + path, json=body, headers=headers, timeout=TIMEOUT_SECONDS)
        return expect(answer, *statuses).json()


class Mailbox:
    """The development mailbox."""

    def __init__(self, address: str) -> None:
        self.address = address

    def wait_for(self, to: str, subject: str) -> dict[str, Any]:
        """The newest mail to somebody whose subject has these words in it."""

        def newest() -> dict[str, Any] | None:
            kept = requests.get(f"{self.address}/messages.json", params={"to": to}, timeout=TIMEOUT_SECONDS).json()
            return next((mail for mail in reversed(kept) if subject.lower() in mail["subject"].lower()), None)

        return until(f"a mail to {to} about {subject!r}", newest)


class Stripe:
    """The sandbox: its hosted pages, and its clock, which is the site's as well."""

    def __init__(self, address: str) -> None:
        self.address = address

    def advance(self, seconds: float) -> None:
        """Let time pass at Stripe and on the site."""
        moved = requests.post(
            f"{self.address}/_sandbox/clock/advance", json={"seconds": seconds}, timeout=TIMEOUT_SECONDS
        )
        expect(moved, 200)

    def now(self) -> float:
        """Seconds since 1970, by the clock of both."""
        clock = requests.get(f"{self.address}/_sandbox/clock", timeout=TIMEOUT_SECONDS)
        return float(expect(clock, 200).json()["now"])

    def latest(self, what: str) -> dict[str, Any]:
        """The newest of Stripe's objects of one kind."""
        ours = {"Authorization": f"Bearer {SANDBOX_KEY}"}
        answer = requests.get(f"{self.address}/v1/{what}", params={"limit": "1"}, headers=ours, timeout=TIMEOUT_SECONDS)
        return dict(expect(answer, 200).json()["data"][0])

    def pay(self, page: str, card: str) -> requests.Response:
        """Fill the checkout page; 303 leads back to the site, 402 says why the card was declined."""
        form = {"card": card, "expiry": "12 / 40", "cvc": "123", "name": "Story", "email": ""}
        expect(requests.get(page, timeout=TIMEOUT_SECONDS), 200)
        return requests.post(page, data=form, allow_redirects=False, timeout=TIMEOUT_SECONDS)

    def onboard(self, page: str, name: str) -> None:
        """Complete the onboarding page behind an account link."""
        form = expect(requests.get(page, timeout=TIMEOUT_SECONDS), 200)
        given = {"outcome": "complete", "legal_name": name, "bank_account": "000123456789"}
        done = requests.post(form.url, data=given, allow_redirects=False, timeout=TIMEOUT_SECONDS)
        expect(done, 303)
