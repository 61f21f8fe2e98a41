"""Processes to be killed: a web server and a worker on a database of their own, with their clock in a file."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import IO, Any

import pytest
import requests
from flask import Flask

from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.db import db
from stripe_sandbox.testing import running
from tests import postgres
from tests.sandbox import Sandbox
from tests.smtp import Mailbox, free_port

ROOT = Path(__file__).parent.parent.parent


def eventually(what: Callable[[], Any], *, seconds: float = 40) -> Any:
    """What `what` answers as soon as it is true; fails after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = what()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"never came true: {what}")


@dataclass
class House:
    """The application in this process for looking and acting, and its processes for killing."""

    app: Flask
    stripe: Sandbox
    settings: Settings
    mailbox: Mailbox
    processes: list[subprocess.Popen[bytes]]

    def _start(self, *command: str, stderr: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        given = {field.name.upper(): str(getattr(self.settings, field.name)) for field in fields(Settings)}
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *command],
            env=os.environ | given,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        self.processes.append(process)
        return process

    def worker(self, stderr: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start a worker; what it logs goes to `stderr`."""
        return self._start("-m", "marketplace.worker", stderr=stderr)

    def web(self) -> tuple[subprocess.Popen[bytes], str]:
        """Start a web server; its address, once it answers."""
        address = self.settings.public_url
        process = self._start("-m", "flask", "--app", "wsgi", "run", "--port", address.rsplit(":", 1)[1])
        eventually(lambda: answers(address))
        return process, address

    def advance(self, **duration: float) -> None:
        """Move everybody's clock."""
        from datetime import timedelta

        self.stripe.advance(timedelta(**duration).total_seconds())


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/health", timeout=60).ok
    except requests.ConnectionError:
        return False


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9."""
    process.send_signal(signal.SIGKILL)
    process.wait()


@contextmanager
def standing(address: str, settings: Settings, smtp_server: Mailbox, folder: Path) -> Iterator[House]:
    """The application on the database at `address`, with a sandbox and clock of its own; its processes end with it."""
    smtp_server.clear()
    clock_file = folder / "clock.json"
    with running(clock_file=clock_file) as sandbox:
        own = replace(
            settings,
            app_env="development",
            database_url=address,
            public_url=f"http://127.0.0.1:{free_port()}",
            stripe_api_base=sandbox.url,
            clock_file=str(clock_file),
            worker_stalled_seconds=2,
        )
        house = House(create_app(own), Sandbox(sandbox.server), own, smtp_server, [])
        try:
            with house.app.app_context():
                yield house
        finally:
            for process in house.processes:
                if process.poll() is None:
                    kill(process)
            with house.app.app_context():
                db.engine.dispose()


@pytest.fixture
def house(
    database_server: str, template: str, settings: Settings, smtp_server: Mailbox, tmp_path: Path
) -> Iterator[House]:
    with (
        postgres.copy(database_server, template, "house") as address,
        standing(address, settings, smtp_server, tmp_path) as house,
    ):
        yield house
