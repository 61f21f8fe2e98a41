"""A server as in production, in processes of its own, and clients that add little."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measurement import elapsed

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
STARTS_IN_SECONDS = 60


@contextmanager
def serving(environ: dict[str, str], *, workers: int, threads: int, what: str = "application") -> Iterator[int]:
    """The port where granian serves `bench.application`, or another module, by so many processes and threads."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = int(free.getsockname()[1])
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws",
        "--workers", str(workers), "--blocking-threads", str(threads), "--log-level", "warning", f"bench.{what}:app",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, **environ}, cwd=ROOT)
    try:
        until = time.monotonic() + STARTS_IN_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server did not start")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        return Client(port).get("/bench/bare") == 200
    except OSError:
        return False


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection(HOST, port, timeout=30)
        self._http.connect()
        assert self._http.sock is not None
        self._http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> int:
        """The status; the body is read to its end."""
        self._http.request("GET", path)
        answer = self._http.getresponse()
        answer.read()
        return answer.status

    def ms(self, path: str) -> float:
        """How long a request took that was answered well."""
        status = 0

        def ask() -> None:
            nonlocal status
            status = self.get(path)

        took = elapsed(ask)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return took


@dataclass(frozen=True)
class Post:
    """A request that is ready to be sent."""

    path: str
    body: bytes
    token: str

    def written(self) -> bytes:
        """As it goes over the wire."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


def post_all(port: int, posts: Sequence[Post], connections: int) -> tuple[float, dict[int, int]]:
    """Send them over so many connections at once: seconds in all, and how often each status came."""
    statuses: dict[int, int] = {}
    lock, together = threading.Lock(), threading.Barrier(connections + 1)

    def send(mine: Sequence[Post]) -> None:
        with socket.create_connection((HOST, port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            together.wait()
            seen = [_exchange(connection, post.written()) for post in mine]
        with lock:
            for status in seen:
                statuses[status] = statuses.get(status, 0) + 1

    threads = [threading.Thread(target=send, args=(posts[number::connections],)) for number in range(connections)]
    for thread in threads:
        thread.start()
    together.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, statuses


def _exchange(connection: socket.socket, request: bytes) -> int:
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _some(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    while len(body) < length:
        body += _some(connection)
    return int(head.split(b" ", 2)[1])


def _some(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("the server closed the connection")
    return received
