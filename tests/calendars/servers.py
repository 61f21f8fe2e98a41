"""Servers of calendars, good and bad, real and on this machine."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers every request by the server's `answer`, and remembers it."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        self.server.requests.append((self.path, dict(self.headers.items())))
        try:
            self.server.answer(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_PROPFIND = do_REPORT = do_PUT = do_DELETE = do_GET  # noqa: N815  http.server's names

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quietly."""


class Server(ThreadingHTTPServer):
    """A web server that says what `answer` says; `over` ends whatever it still does."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Answer = lambda handler: handler.say(404)
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.over = threading.Event()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}/calendar.ics"

    def handle_error(self, *_: Any) -> None:
        """A client that went away is what these tests are about."""

    @classmethod
    @contextmanager
    def running(cls) -> Iterator["Server"]:
        with cls() as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield server
            finally:
                server.over.set()
                server.shutdown()
                thread.join()


def calendar(*events: str, before: str = "") -> bytes:
    """An iCalendar text; each event is its lines, under a UID of its own unless it names one."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *before.strip().splitlines()]
    for number, event in enumerate(events):
        own = [line.strip() for line in event.strip().splitlines()]
        uid = [] if any(line.startswith("UID:") for line in own) else [f"UID:{number}@elsewhere"]
        lines += ["BEGIN:VEVENT", *uid, "DTSTAMP:20270101T000000Z", *own, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


MORNING = "DTSTART:20270302T090000Z\nDTEND:20270302T100000Z"


def says(body: bytes, status: int = 200, **headers: str) -> Answer:
    return lambda handler: handler.say(status, body, **headers)


def never_answers(handler: Handler) -> None:
    handler.server.over.wait()


def drips(handler: Handler) -> None:
    """A byte now and then, for ever."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while not handler.server.over.wait(0.05):
        handler.wfile.write(b"B")


def drips_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.over.wait(0.05):
        handler.wfile.write(b"s")


def five_megabytes(handler: Handler) -> None:
    handler.say(200, calendar(*(f"{MORNING}\nSUMMARY:{'x' * 1000}" for _ in range(4700))))


def endless(handler: Handler) -> None:
    """More and more, without ever saying how much."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    while not handler.server.over.is_set():
        handler.wfile.write(b"X" * 65536)


def bomb(handler: Handler) -> None:
    """A gigabyte in a megabyte."""
    zeros = gzip.compress(b"\0" * 50_000_000, 1)
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(zeros) * 20))
    handler.end_headers()
    for _ in range(20):
        handler.wfile.write(zeros)


def breaks_off(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(calendar(MORNING))
    handler.wfile.flush()
    handler.close_connection = True
