"""Servers beside the application, and settings that let it speak to some of them."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from tests.calendars.servers import Server
from tests.settings import change


@pytest.fixture(scope="session")
def web_server() -> Iterator[Server]:
    with Server.running() as server:
        yield server


@pytest.fixture
def other_server() -> Iterator[Server]:
    """Inside the network, and not to be reached."""
    with Server.running() as server:
        yield server


@pytest.fixture
def allow() -> Callable[..., None]:
    """Let calendars be read at these private places ('127.0.0.1:8000'), and wait for them `seconds` long."""

    def these(*places: str, seconds: int = 5) -> None:
        change(calendar_allow_private=",".join(places), calendar_timeout_seconds=seconds)

    return these


@pytest.fixture
def web(web_server: Server, allow: Callable[..., None]) -> Server:
    """A server whose calendar the application may read."""
    allow(web_server.place)
    web_server.requests.clear()
    return web_server


@dataclass
class Radicale:
    """A CalDAV server with one person, Ada, and her calendar `work`."""

    place: str
    name: str = "ada"
    password: str = "a password of hers"

    @property
    def root(self) -> str:
        return f"http://{self.place}/"

    @property
    def url(self) -> str:
        return f"http://{self.place}/ada/work/"

    def call(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(f"http://{self.place}{path}", method=method)
        import base64

        request.add_header(
            "Authorization", "Basic " + base64.b64encode(f"{self.name}:{self.password}".encode()).decode()
        )
        for header, value in headers.items():
            request.add_header(header.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, body.encode() if body else None, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def make(self, calendar: str) -> None:
        status, said = self.call("MKCALENDAR", f"/ada/{calendar}/")
        assert status == 201, said

    def empty(self) -> None:
        """Nothing but an empty calendar `work`."""
        for calendar in ("work", "home"):
            self.call("DELETE", f"/ada/{calendar}/")
        self.make("work")

    def text(self) -> str:
        """The whole calendar, as one iCalendar text; lines unfolded."""
        status, said = self.call("GET", "/ada/work/")
        assert status == 200, said
        return said.replace("\r\n ", "")


@pytest.fixture(scope="session")
def radicale_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    folder: Path = tmp_path_factory.mktemp("radicale")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    server = Radicale(place)
    (folder / "people").write_text(f"{server.name}:{server.password}\n")
    (folder / "config").write_text(
        f"[server]\nhosts = {place}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/people\n"
        f"htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {folder}/kept\n"
        "[logging]\nlevel = critical\n"
    )
    command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    process = subprocess.Popen(command, env=os.environ | {"RADICALE_CONFIG": ""}, stderr=subprocess.DEVNULL)
    try:
        _wait_for(server.root, process)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "Radicale does not start"
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except HTTPError as error:
            error.close()
            return
        except (URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError("Radicale does not answer")


@pytest.fixture
def radicale(radicale_server: Radicale, allow: Callable[..., None]) -> Iterator[Radicale]:
    """A CalDAV server that the application may speak to, with one empty calendar."""
    radicale_server.empty()
    allow(radicale_server.place)
    yield radicale_server
    # What it holds is not taken back with the database.
    radicale_server.empty()
