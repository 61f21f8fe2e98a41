"""One sandbox for all tests here, emptied before each; every answer the SDK gets is checked for its shape."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from stripe_sandbox.testing import RunningSandbox, running
from tests.stripe_sandbox.conformance import violations
from tests.stripe_sandbox.words import Platform

stripe.enable_telemetry = False


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[RunningSandbox]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """Emptied before; afterwards both sides of everything that moved come to nothing."""
    shared_sandbox.reset(webhooks=[])
    yield shared_sandbox
    books = shared_sandbox.books
    assert (books["differences"], set(books["sums"].values()) - {0}) == ([], set())


class Listening(stripe.RequestsClient):
    """The SDK's own HTTP client, which also keeps what it was told."""

    def __init__(self) -> None:
        super().__init__(timeout=60)
        self.answers: list[dict[str, Any]] = []
        self.headers: dict[str, str] = {}

    def request(self, *args: Any, **kwargs: Any) -> Any:
        body, status, headers = super().request(*args, **kwargs)
        self.headers = dict(headers)
        if status == 200:
            self.answers.append(json.loads(body))
        return body, status, headers


@pytest.fixture
def connect(sandbox: RunningSandbox) -> Iterator[Callable[..., stripe.StripeClient]]:
    """Clients of the sandbox; at the end whatever they were answered has the SDK's shapes."""
    made: list[Listening] = []

    def client(key: str = RunningSandbox.secret_key, **options: Any) -> stripe.StripeClient:
        made.append(Listening())
        return stripe.StripeClient(
            key,
            base_addresses=sandbox.base_addresses,
            http_client=made[-1],
            **options,  # type: ignore[arg-type]
        )

    yield client
    found = [wrong for http in made for answer in http.answers for wrong in violations(answer)]
    for http in made:
        http.close()
    assert found == []


@pytest.fixture
def client(connect: Callable[..., stripe.StripeClient]) -> stripe.StripeClient:
    return connect()


@pytest.fixture
def platform(sandbox: RunningSandbox, client: stripe.StripeClient) -> Platform:
    return Platform(sandbox, client)


class Receiver(ThreadingHTTPServer):
    """A webhook endpoint that keeps what it gets, and answers as told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        self.secret = "whsec_of_the_tests"
        self.got: list[tuple[bytes, str]] = []
        self.refusals = 0

    @property
    def types(self) -> list[str]:
        return [json.loads(payload)["type"] for payload, _ in self.got]


class _Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        payload = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((payload, self.headers["Stripe-Signature"]))
        refused = self.server.refusals > 0
        self.server.refusals -= refused
        self.send_response(500 if refused else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver(sandbox: RunningSandbox) -> Iterator[Receiver]:
    """Registered for the platform's events."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        sandbox.add_webhook(server.url, server.secret)
        yield server
        server.shutdown()
        thread.join()
