"""`python -m devtools.env CMD...`: run a command with the settings of development."""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values

from devtools import postgres

ROOT = Path(__file__).parent.parent
INSTANCE = ROOT / "instance"
DATABASE = "fairhour"

PORT = 8000
SANDBOX_PORT = 12111
SANDBOX_KEY = "sk_test_fairhour"
WEBHOOKS = ("platform", "connect", "thin")


class CannotRun(Exception):
    """Development cannot go on here; the message says why and what to do."""


def given(env_file: Path = ROOT / ".env") -> dict[str, str]:
    """The environment, over what `.env` says. An empty value counts as not given."""
    named = {**dotenv_values(env_file), **os.environ}
    return {name: value for name, value in named.items() if value}


def refuse_production(environ: Mapping[str, str]) -> None:
    """Raise CannotRun where the environment speaks of production."""
    if environ.get("APP_ENV") == "production":
        raise CannotRun("APP_ENV=production: this is for development. docs/operating.md says how to run a server.")


def settings(environ: Mapping[str, str], instance: Path, database_url: str) -> dict[str, str]:
    """`environ` and, where it is silent, what development needs. Without a Stripe key: the sandbox's settings.

    A sandbox and a mailbox are where a running `make run` says they are, else where it would put them.
    """
    running = where(instance)
    chosen = {
        "THERAPISTS": "true",
        "APP_ENV": "development",
        "ADMIN_SECOND_FACTOR": "optional",
        "DATABASE_URL": database_url,
        "PUBLIC_URL": running.get("web") or f"http://127.0.0.1:{environ.get('PORT', PORT)}",
        "SMTP_PORT": running.get("smtp_port", ""),
        "FLASK_APP": "wsgi:app",
        "TEXTS_FOLDER": str(Path(__file__).parent / "texts"),
    }
    if uses_sandbox(environ):
        kept = webhook_secrets(instance)
        chosen |= {
            "STRIPE_SECRET_KEY": SANDBOX_KEY,
            "STRIPE_API_BASE": running.get("sandbox") or f"http://127.0.0.1:{SANDBOX_PORT}",
            "CLOCK_FILE": str(instance / "clock.json"),
            **{f"STRIPE_WEBHOOK_SECRET_{kind.upper()}": kept[kind] for kind in WEBHOOKS},
        }
    return {**chosen, **environ}


def uses_sandbox(environ: Mapping[str, str]) -> bool:
    """Is there no key of Stripe's own?"""
    return not environ.get("STRIPE_SECRET_KEY")


def webhook_secrets(instance: Path) -> dict[str, str]:
    """The sandbox's signing secrets by endpoint, made once."""
    file = instance / "webhook-secrets.json"
    if not file.exists():
        instance.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({kind: f"whsec_{secrets.token_hex(16)}" for kind in WEBHOOKS}))
        file.chmod(0o600)
    return dict(json.loads(file.read_text()))


def where(instance: Path) -> dict[str, str]:
    """What a running `make run` on `instance` noted of itself: web, sandbox, mailbox, smtp_port, pid; or nothing."""
    try:
        return dict(json.loads((instance / "running.json").read_text()))
    except FileNotFoundError:
        return {}


@contextmanager
def database(environ: Mapping[str, str], instance: Path, *, scratch: bool = False) -> Iterator[str]:
    """DATABASE_URL if it is given, else a database of our own. `scratch`: an empty one, dropped afterwards."""
    if not scratch and "DATABASE_URL" in environ:
        yield environ["DATABASE_URL"]
        return
    with _server(environ, instance) as server:
        if not scratch:
            yield postgres.create_database(server, DATABASE)
            return
        name = f"scratch_{uuid.uuid4().hex}"
        try:
            yield postgres.create_database(server, name)
        finally:
            postgres.drop_database(server, name)


@contextmanager
def _server(environ: Mapping[str, str], instance: Path) -> Iterator[str]:
    if "DATABASE_URL" in environ:
        yield environ["DATABASE_URL"]
        return
    with postgres.running(instance) as server:
        yield server


def main() -> int:
    """Run the command given; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m devtools.env", description=__doc__)
    parser.add_argument("--instance", type=Path, default=INSTANCE, help="where data stays (default: instance/)")
    parser.add_argument("--scratch", action="store_true", help="with an empty database that is dropped afterwards")
    parser.add_argument("--only-database", action="store_true", help="set DATABASE_URL and nothing else")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.command:
        parser.error("which command?")
    instance = options.instance.resolve()
    environ = given()
    try:
        refuse_production(environ)
    except CannotRun as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    with database(environ, instance, scratch=options.scratch) as url:
        base = os.environ if options.only_database else settings(environ, instance, url)
        chosen = {**base, "DATABASE_URL": url}
        try:
            return _run(options.command, chosen)
        except FileNotFoundError as missing:
            sys.stderr.write(f"there is no command {missing.filename}\n")
            return 127


def _run(command: list[str], environ: Mapping[str, str]) -> int:
    """Run `command` to its end. Ctrl-C reaches it from the terminal; it decides, and we clear up behind it."""
    with subprocess.Popen(command, env=environ) as child:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda received, _frame: child.send_signal(received))
        status = child.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
