"""`make run`: all of Fairhour on one terminal, with demo people, a sandbox and a mailbox."""

import argparse
import asyncio
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools import env, people
from devtools.env import CannotRun
from devtools.supervisor import STOP_SIGNALS, Part, say, together
from marketplace.pages.assets.build import build_assets

HOST = "127.0.0.1"
START_SECONDS = 60
MAILBOX_PORT = 8025
SMTP_PORT = 1025
MAIL_IN_PORT = 2424
MAIL_IN_DOMAIN = "in.fairhour.example"
HIGHEST_PORT = 65535

# The terminal is for what a person has to know; LOG_LEVEL=INFO shows every job and request to Stripe.
THREADS = 8
QUIET = {"LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1", "DATABASE_POOL_SIZE": str(THREADS)}
# Everybody who tries the site out on one machine is one address.
TOGETHER = {"READ_UNITS_PER_MINUTE": "20000"}


@dataclass(frozen=True)
class Ports:
    """Where each part listens; 0 where `.env` names somebody else's server instead of ours."""

    web: int
    sandbox: int
    mailbox: int
    smtp: int
    mail_in: int = 0

    @classmethod
    def choose(cls, environ: Mapping[str, str]) -> "Ports":
        """PORT as it was asked for, or CannotRun; the others at their usual places if the site is at its own.

        Beside a site that moved away they are where nothing else is likely to look: of two that start in the same
        moment both would find a usual place free, and take it seconds later.
        """
        given = environ.get("PORT", str(env.PORT))
        if not given.isdecimal() or not 0 < int(given) < HIGHEST_PORT:
            raise CannotRun(f"PORT must be a number from 1 to {HIGHEST_PORT - 1}, not {given!r}.")
        web = int(given)
        if not is_free(web):
            raise CannotRun(f"Port {web} is in use by another program. Choose another: PORT={web + 1} make run")
        own_mailbox = not {"SMTP_HOST", "SMTP_PORT"} & environ.keys()

        def place(usual: int) -> int:
            return free_port(usual if web == env.PORT else 0)

        return cls(
            web=web,
            sandbox=place(env.SANDBOX_PORT) if env.uses_sandbox(environ) else 0,
            mailbox=place(MAILBOX_PORT) if own_mailbox else 0,
            smtp=place(SMTP_PORT) if own_mailbox else 0,
            mail_in=place(MAIL_IN_PORT) if own_mailbox and "MAIL_IN_DOMAIN" not in environ else 0,
        )

    def mail_in_settings(self) -> dict[str, str]:
        """How forwarded invitations come in, unless `.env` says otherwise."""
        if not self.mail_in:
            return {}
        return {"MAIL_IN_DOMAIN": MAIL_IN_DOMAIN, "MAIL_IN_PORT": str(self.mail_in), "MAIL_IN_PROTOCOL": "smtp"}

    def note(self) -> dict[str, str]:
        """What other commands may want to know of this run."""
        note = {"pid": str(os.getpid()), "web": f"http://{HOST}:{self.web}"}
        if self.sandbox:
            note["sandbox"] = f"http://{HOST}:{self.sandbox}"
        if self.mailbox:
            note |= {"mailbox": f"http://{HOST}:{self.mailbox}", "smtp_port": str(self.smtp)}
        if self.mail_in:
            note["mail_in"] = f"{HOST}:{self.mail_in}"
        return note


def parts(ports: Ports, environ: Mapping[str, str], instance: Path) -> list[Part]:
    """The programs of one run, in the order of their start."""
    python = sys.executable
    chosen = []
    if ports.sandbox:
        hooks = [
            f"{kind}=http://{HOST}:{ports.web}/webhooks/stripe/{kind}={environ[f'STRIPE_WEBHOOK_SECRET_{kind.upper()}']}"
            for kind in env.WEBHOOKS
        ]
        sandbox = ["-m", "stripe_sandbox", "--port", str(ports.sandbox), "--db", str(instance / "sandbox.db")]
        clock = ["--clock-file", environ["CLOCK_FILE"]]
        chosen.append(
            Part("stripe", [python, *sandbox, *clock, *(word for hook in hooks for word in ("--webhook", hook))])
        )
    if ports.mailbox:
        listen = [
            "--smtp-port",
            str(ports.smtp),
            "--web-port",
            str(ports.mailbox),
            "--mail-in-port",
            str(ports.mail_in),
        ]
        chosen.append(Part("mailbox", [python, "-m", "devtools.mailbox", *listen, "--folder", str(instance / "mail")]))
    if ports.mail_in:
        chosen.append(Part("mail_in", [python, "-m", "marketplace.mail_in"]))
    chosen.append(Part("worker", [python, "-m", "marketplace.worker"]))
    chosen.append(Part("web", [python, *web_server(ports.web), "wsgi:app"]))
    return chosen


def web_server(port: int) -> list[str]:
    """The module and options of a server that needs no proxy in front of it.

    It takes a request whole before a thread of the application sees it, so whoever sends slowly stops nobody else; it
    takes what nginx.conf takes at most, and the application says what is too large.
    """
    listen = [f"--listen={HOST}:{port}", "--asyncore-use-poll", "--connection-limit=900", "--channel-timeout=30"]
    takes = ["--max-request-header-size=32768", "--max-request-body-size=60000000", f"--threads={THREADS}"]
    return ["-m", "waitress", *listen, *takes, "--no-clear-untrusted-proxy-headers", "--ident="]


def run(environ: Mapping[str, str], instance: Path, *, with_demo: bool = True) -> None:
    """Run everything until a signal says stop; raises CannotRun with the reason when it ends otherwise."""
    env.refuse_production(environ)
    with _alone(instance) as note_file:
        ports = Ports.choose(environ)
        say("Starting…")
        with env.database(environ, instance) as database_url:
            note_file.write_text(json.dumps(ports.note()))
            settings = QUIET | TOGETHER | env.settings(environ, instance, database_url) | ports.mail_in_settings()
            _prepare([sys.executable, "-m", "flask", "migrate"], settings, "the migrations")
            build_assets()
            if with_demo:
                _prepare([sys.executable, "-m", "devtools.demo"], settings, "the demo data")

            async def greet() -> None:
                await _answering(f"http://{HOST}:{ports.web}/health")
                say(greeting(ports.note(), settings["PUBLIC_URL"], with_demo=with_demo))

            try:
                reason = asyncio.run(together(parts(ports, settings, instance), settings, greet))
            finally:
                for number in STOP_SIGNALS:
                    signal.signal(number, signal.SIG_IGN)  # what is left to do is to clear up
        if reason:
            raise CannotRun(f"{reason} Everything else was stopped; the lines above say why.")
        say("Stopped. Your data stays in " + str(instance))


def greeting(note: Mapping[str, str], public_url: str, *, with_demo: bool) -> str:
    """What a person wants to know once it runs."""
    lines = ["", "  Fairhour is running.", "", f"    {public_url:<32} the site (API: {public_url}/api/v1/docs)"]
    if "mailbox" in note:
        lines.append(f"    {note['mailbox']:<32} every mail it sends")
    if "sandbox" in note:
        lines.append(f"    {note['sandbox']:<32} a Stripe that moves no money; card 4242 4242 4242 4242")
    if with_demo:
        lines += ["", f"  Sign in at {public_url}/login with the password  {people.PASSWORD}", ""]
        lines += [f"    {person.email:<32} {person.who}" for person in people.PEOPLE]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", ""])


@contextmanager
def _alone(instance: Path) -> Iterator[Path]:
    """Hold `instance` for one run; CannotRun says where another is running. Gives the file to note this one in."""
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = env.where(instance)
            place = f" at {other['web']} (process {other['pid']})" if other else ""
            raise CannotRun(f"Fairhour is already running{place}. Stop it there first, or use that one.") from None
        note = instance / "running.json"
        note.unlink(missing_ok=True)
        try:
            yield note
        finally:
            note.unlink(missing_ok=True)


def _prepare(command: list[str], settings: Mapping[str, str], what: str) -> None:
    if subprocess.run(command, env=dict(settings), check=False).returncode:
        raise CannotRun(f"{what.capitalize()} did not go through; the lines above say why.")


async def _answering(url: str) -> None:
    """Wait until `url` answers 200; raises CannotRun after a minute."""
    for _ in range(START_SECONDS * 5):
        if await asyncio.to_thread(_answers, url):
            return
        await asyncio.sleep(0.2)
    raise CannotRun(f"{url} did not answer within {START_SECONDS} seconds.")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def is_free(port: int) -> bool:
    """May a server listen on `port` of this machine?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(wanted: int) -> int:
    """`wanted`, or any free one where that is taken; 0 for any."""
    if wanted and is_free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run; 0 after Ctrl-C or SIGTERM, 1 with a reason otherwise."""
    parser = argparse.ArgumentParser(prog="python -m devtools.run", description=__doc__)
    parser.add_argument("--instance", type=Path, default=env.INSTANCE, help="where data stays (default: instance/)")
    parser.add_argument("--without-demo", action="store_true", help="with an empty database")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        run(env.given(), options.instance.resolve(), with_demo=not options.without_demo)
    except KeyboardInterrupt:
        say("Stopped before it had started.")
    except CannotRun as reason:
        sys.stderr.write(f"\n{reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
