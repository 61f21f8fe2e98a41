"""The system under test, in a folder of its own: each part a process that can be killed."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psycopg
import requests

from devtools import env, postgres
from devtools.run import HOST, free_port

START_SECONDS = 60
STOP_SECONDS = 15
WEB, WORKER, STRIPE, MAILBOX = "web", "worker", "stripe", "mailbox"
# What is broken where a part ended that nobody had killed.
KEEPS_RUNNING = "everything_keeps_running"

# Short patience everywhere, so that a run of minutes sees what a month would bring.
HASTY = {
    "LOG_LEVEL": "WARNING",
    "PYTHONUNBUFFERED": "1",
    "RATELIMIT_ENABLED": "false",
    "WORKER_STALLED_SECONDS": "4",
    "STRIPE_TIMEOUT_SECONDS": "4",
    "HOLDS_AT_ONCE": "3",
    "PAYOUT_TWO_PEOPLE_ABOVE": "usd:400,eur:400",
    "DATABASE_POOL_SIZE": "8",
}


DUE = """
    select count(*) from procrastinate_jobs
    where status = 'doing' or (status = 'todo' and (scheduled_at is null or scheduled_at <= now() or attempts > 0))
"""


class System:
    """Where everything is, and its processes by name. Used as `with standing(folder) as system`."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.database_url = database_url
        ports = {name: free_port(0) for name in (WEB, STRIPE, MAILBOX, "smtp")}
        self.site = f"http://{HOST}:{ports[WEB]}"
        self.sandbox = f"http://{HOST}:{ports[STRIPE]}"
        self.mailbox = f"http://{HOST}:{ports[MAILBOX]}"
        hooks = {kind: f"whsec_{secrets.token_hex(16)}" for kind in env.WEBHOOKS}
        self.environ = {
            **HASTY,
            "APP_ENV": "development",
            "ADMIN_SECOND_FACTOR": "optional",
            "DATABASE_URL": database_url,
            "PUBLIC_URL": self.site,
            "STRIPE_SECRET_KEY": env.SANDBOX_KEY,
            "STRIPE_API_BASE": self.sandbox,
            "CLOCK_FILE": str(folder / "clock.json"),
            "SMTP_PORT": str(ports["smtp"]),
            "FLASK_APP": "wsgi:app",
            **{f"STRIPE_WEBHOOK_SECRET_{kind.upper()}": secret for kind, secret in hooks.items()},
        }
        self.commands = {
            STRIPE: [
                *("-m", "stripe_sandbox", "--port", str(ports[STRIPE]), "--clock-file", self.environ["CLOCK_FILE"]),
                # Euros are converted into dollars, with a rate and a fee; dollars and yen are not.
                *("--settles", "usd,jpy"),
                *(
                    word
                    for kind, secret in hooks.items()
                    for word in ("--webhook", f"{kind}={self.site}/webhooks/stripe/{kind}={secret}")
                ),
            ],
            MAILBOX: [
                *("-m", "devtools.mailbox", "--smtp-port", str(ports["smtp"])),
                *("--web-port", str(ports[MAILBOX]), "--folder", str(folder / "mail")),
            ],
            WORKER: ["-m", "marketplace.worker"],
            WEB: [
                *("-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(ports[WEB])),
                *("--workers", "1", "--blocking-threads", "6", "--no-ws", "--log-level", "warning", "wsgi:app"),
            ],
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: dict[str, IO[bytes]] = {}
        self._ended: list[str] = []

    def start(self, name: str) -> None:
        """Start one part, in a process group of its own."""
        self._note_end(name)
        if name not in self._logs:
            self._logs[name] = self.log(name).open("ab")
        self._processes[name] = subprocess.Popen(
            [sys.executable, "-W", "ignore", *self.commands[name]],
            env={**os.environ, **self.environ},
            cwd=env.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._logs[name],
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def log(self, name: str) -> Path:
        """Where what a part prints is kept."""
        return self.folder / f"{name}.log"

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """kill -9, with whatever the part has started itself."""
        process = self._processes[name]
        self._note_end(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)
        self._processes.pop(name, None)

    def _note_end(self, name: str) -> None:
        """Whoever is killed is forgotten, so a process that is known and has ended did so by itself."""
        process = self._processes.get(name)
        if process is not None and process.poll() is not None:
            self._ended.append(f"{name} ended by itself with status {process.returncode}")
            del self._processes[name]

    def ended(self) -> list[str]:
        """Every end of a part by itself, also of one that was started again since."""
        for name in list(self._processes):
            self._note_end(name)
        return list(self._ended)

    def down(self) -> list[str]:
        """Parts that do not run now."""
        return [
            name for name in self.commands if name not in self._processes or self._processes[name].poll() is not None
        ]

    def restart(self, name: str) -> None:
        """kill -9, and start again; a web server answers when this returns."""
        self.kill(name)
        self.start(name)
        if name == WEB:
            self.wait_for_web()

    def restart_postgres(self, *, immediate: bool) -> None:
        """Every connection is lost; with `immediate`, as in a crash."""
        postgres.restart(self.folder, immediate=immediate)

    def wait_for_web(self) -> None:
        """Until the site answers."""
        eventually("the site to answer", lambda: _answers(f"{self.site}/health"), START_SECONDS)

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call the sandbox's own controls under `/_sandbox/`."""
        answer = requests.request(method, f"{self.sandbox}/_sandbox/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return dict(answer.json())

    def connect(self) -> "psycopg.Connection[Any]":
        """A connection to the database, for looking."""
        return psycopg.connect(self.database_url, autocommit=True)

    def due_jobs(self) -> int:
        """How many jobs run, are due, or failed and are to be tried again; what is left lies ahead."""
        with self.connect() as connection:
            row = connection.execute(DUE).fetchone()
        return int(row[0]) if row else 0

    def advance(self, seconds: float) -> None:
        """Let time pass at Stripe, on the site, and for the queue: its appointments come nearer by as much."""
        self.control("POST", "clock/advance", {"seconds": seconds})
        nearer = "update procrastinate_jobs set scheduled_at = scheduled_at - %s * interval '1 second' "
        with self.connect() as connection:
            connection.execute(nearer + "where status = 'todo' and scheduled_at is not null", [seconds])

    def stop(self) -> None:
        """End every part, the last one started first."""
        for name in reversed(list(self._processes)):
            self.kill(name, signal.SIGTERM)
        for log in self._logs.values():
            log.close()


def eventually(what: str, look: Callable[[], Any], seconds: float) -> Any:
    """What `look` answers as soon as it is true; raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise TimeoutError(f"waited {seconds:g} seconds in vain for {what}")


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


@contextmanager
def standing(folder: Path) -> Iterator[System]:
    """The whole system with an empty database, started in `folder` and stopped afterwards."""
    with postgres.running(folder) as server:
        system = System(folder, postgres.create_database(server, env.DATABASE))
        try:
            migrate = [sys.executable, "-W", "ignore", "-m", "flask", "migrate"]
            subprocess.run(migrate, env={**os.environ, **system.environ}, cwd=env.ROOT, check=True)
            for name in (STRIPE, MAILBOX, WORKER, WEB):
                system.start(name)
            system.wait_for_web()
            yield system
        finally:
            system.stop()
