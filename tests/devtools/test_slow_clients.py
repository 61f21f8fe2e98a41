"""Whoever sends slowly, or nothing at all, stops nobody: behind the proxy of deploy/, and with `make run`."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from devtools.run import web_server
from marketplace.config import Settings
from tests.smtp import free_port

pytestmark = [pytest.mark.real, pytest.mark.slow]

ROOT = Path(__file__).parent.parent.parent
HOST = "127.0.0.1"
NAME = "fairhour.example"
# A server that was stopped answers no sooner than its clients are done, which is never; one that is busy, within this.
PATIENCE_SECONDS = 5
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
SLOW_BODY = (
    f"POST /webhooks/stripe/platform HTTP/1.1\r\nHost: {NAME}\r\n"
    "Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
)
SLOW_HEADERS = f"GET / HTTP/1.1\r\nHost: {NAME}\r\nX-Slow: "


@dataclass
class Site:
    """Where it listens; `tls` is how to speak to it, if it wants that."""

    port: int
    tls: ssl.SSLContext | None = None

    def connect(self) -> socket.socket:
        """A connection, secured where the site wants that."""
        plain = self.touch()
        return self.tls.wrap_socket(plain, server_hostname=NAME) if self.tls else plain

    def touch(self) -> socket.socket:
        """A connection on which nothing was said."""
        return socket.create_connection((HOST, self.port), timeout=PATIENCE_SECONDS)

    def health(self) -> int:
        """The status of /health."""
        return self.ask("/health", {"Host": NAME})[0]

    def ask(self, path: str, headers: dict[str, str]) -> tuple[int, str]:
        """The status and the Location of an answer, asked for on a connection of its own."""
        asked = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE_SECONDS)
        asked.sock = self.connect()
        try:
            asked.request("GET", path, headers=headers)
            answer = asked.getresponse()
            return answer.status, answer.headers.get("Location", "")
        finally:
            asked.close()


@contextlib.contextmanager
def process(command: list[str], environ: dict[str, str], answers: Callable[[], int]) -> Iterator[None]:
    started = subprocess.Popen(command, env=os.environ | environ, cwd=ROOT, start_new_session=True)
    try:
        while not _answers(answers):
            assert started.poll() is None, f"{command[:3]} ended with status {started.returncode}"
            with contextlib.suppress(subprocess.TimeoutExpired):
                started.wait(0.2)
        yield
    finally:
        # Its children too; nothing of it is worth waiting for.
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def _answers(answers: Callable[[], int]) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return answers() == 200
    return False


@pytest.fixture
def environ(real_app) -> dict[str, str]:
    settings = real_app.extensions["settings"]
    given = {field.name.upper(): str(getattr(settings, field.name)) for field in fields(Settings)}
    return given | {"DATABASE_POOL_SIZE": "8", "TRUSTED_PROXIES": "1", "PYTHONWARNINGS": "ignore"}


@pytest.fixture
def development(environ) -> Iterator[Site]:
    site = Site(free_port())
    with process([sys.executable, *web_server(site.port), "wsgi:app"], environ, site.health):
        yield site


@pytest.fixture
def production(environ, tmp_path) -> Iterator[Site]:
    if NGINX is None:
        pytest.skip("nginx is not installed; on Debian: apt install nginx-light")
    application, plain, site = Site(free_port()), free_port(), Site(free_port(), ssl._create_unverified_context())
    listen = ["--host", HOST, "--port", str(application.port), "--workers", "2", "--blocking-threads", "4"]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", *listen, "--no-ws", "--log-level", "warning"]
    file = proxy_settings(tmp_path, application=application.port, plain=plain, secure=site.port)
    with process([*granian, "wsgi:app"], environ, application.health):
        nginx = [NGINX, "-p", str(tmp_path), "-c", str(file), "-g", "daemon off;"]
        with process(nginx, {}, site.health):
            yield site


def proxy_settings(folder: Path, *, application: int, plain: int, secure: int) -> Path:
    """deploy/nginx.conf with ports, files and a certificate of the test's own, and nothing else changed."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}", "-days", "2"]
    subprocess.run([*made, "-out", certificate, "-keyout", key], check=True, capture_output=True)
    kept = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    said = (ROOT / "deploy" / "nginx.conf").read_text()
    for usual, own in {
        "worker_processes auto;": "worker_processes 1;" + (" user root;" if os.geteuid() == 0 else ""),
        "http {": f"http {{\n{kept}",
        "/run/nginx.pid": str(folder / "nginx.pid"),
        "/var/log/nginx/error.log": str(folder / "error.log"),
        "/var/log/nginx/access.log": str(folder / "access.log"),
        "/etc/ssl/fairhour/certificate.pem": str(certificate),
        "/etc/ssl/fairhour/key.pem": str(key),
        "listen [::]:80;": "",
        "listen [::]:443 ssl;": "",
        "listen [::]:443 ssl default_server;": "",
        "listen 80;": f"listen {HOST}:{plain};",
        "listen 443 ssl": f"listen {HOST}:{secure} ssl",
        "127.0.0.1:8000": f"{HOST}:{application}",
    }.items():
        assert usual in said, f"deploy/nginx.conf no longer says {usual}"
        said = said.replace(usual, own)
    file = folder / "nginx.conf"
    file.write_text(said)
    return file


@pytest.mark.parametrize("which", ["development", "production"])
def test_slow_bodies_slow_headers_and_idle_connections_stop_nobody(which, request, capsys):
    """How long /health takes meanwhile is printed: the goal is a second, on a machine that does nothing else."""
    site: Site = request.getfixturevalue(which)
    with contextlib.ExitStack() as kept:
        bodies = [kept.enter_context(site.connect()) for _ in range(40)]
        headers = [kept.enter_context(site.connect()) for _ in range(40)]
        for connection in bodies:
            connection.sendall(SLOW_BODY.encode())
        for connection in headers:
            connection.sendall(SLOW_HEADERS.encode())
        idle = [kept.enter_context(site.touch()) for _ in range(500)]
        assert len(idle) == 500
        took = []
        for _ in range(10):
            began = time.perf_counter()
            assert site.health() == 200
            took.append(time.perf_counter() - began)
            for connection in (*bodies, *headers):
                connection.sendall(b"x")
    with capsys.disabled():
        sys.stdout.write(
            f"\n/health under attack ({which}): {sorted(took)[5] * 1000:.0f} ms, at most {max(took) * 1000:.0f} ms\n"
        )


def test_neither_another_name_nor_what_a_stranger_says_of_proxies_is_believed(production):
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Prefix": "/evil"}
    status, location = production.ask("/sessions", {"Host": NAME, **forged})
    assert (status, "evil" in location) == (302, False)
    assert production.ask("/", {"Host": "evil.example"}) == (421, "")


def test_the_log_of_the_proxy_knows_no_secret_of_an_address(production, tmp_path):
    places = ("calendar", "reset", "confirm", "change-email")
    for place in places:
        production.ask(f"/{place}/let-me-in", {"Host": NAME, "Referer": f"https://{NAME}/{place}/let-me-in"})
    production.health()
    log = (tmp_path / "access.log").read_text()
    assert [place for place in places if f'"GET /{place}/... HTTP' not in log] == []
    assert "let-me-in" not in log
