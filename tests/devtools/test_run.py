"""`make run`, for real: everything starts, answers, and is gone afterwards."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from devtools import env
from devtools.people import PASSWORD, PEOPLE
from devtools.run import Ports, free_port, parts
from devtools.supervisor import Part

pytestmark = [pytest.mark.real, pytest.mark.slow]


class Run:
    """A `make run` on a port and in a folder of its own."""

    def __init__(self, instance: Path, port: int) -> None:
        self.instance, self.url = instance, f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "devtools.run", "--instance", str(instance)]
        kept = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "COVERAGE_PROCESS_START"}
        }
        self.process = subprocess.Popen(
            command,
            cwd=env.ROOT,
            env=kept | {"PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed = ""

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGTERM)

    def read_until(self, text: str) -> str:
        for line in self.process.stdout:
            self.printed += line
            if text in line:
                return self.printed
        raise AssertionError(f"{text!r} never came:\n{self.printed}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals) -> int:
        if not self.process.stdout.closed:
            with self.process:
                self.process.send_signal(number)
                self.printed += self.process.stdout.read()
        return self.process.wait()


@pytest.fixture(scope="module")
def site(instance: Path) -> Iterator[Run]:
    with Run(instance, free_port(0)) as run:
        run.read_until("Ctrl-C stops everything.")
        yield run


def test_it_says_where_everything_is_and_how_to_sign_in(site: Run):
    assert site.url in site.printed
    assert PASSWORD in site.printed
    assert all(person.email in site.printed for person in PEOPLE)
    assert requests.get(f"{site.url}/health", timeout=60).json() == {"status": "ok"}
    note = env.where(site.instance)
    assert requests.get(note["mailbox"], timeout=60).ok
    assert requests.get(f"{note['sandbox']}/_sandbox/clock", timeout=60).json()["offset_seconds"] == 0


def test_a_second_one_says_where_the_first_is_and_does_no_harm(site: Run):
    with Run(site.instance, free_port(0)) as second:
        second.read_until(f"already running at {site.url}")
        assert second.process.wait() == 1
    assert requests.get(f"{site.url}/health", timeout=60).ok


def test_ctrl_c_leaves_nobody_behind(site: Run):
    server = psutil.Process(int((site.instance / "pg" / "postmaster.pid").read_text().splitlines()[0]))
    started = [*site.family(), server]
    assert len(started) >= 5
    assert site.stop(signal.SIGINT) == 0
    assert [one for one in started if _runs(one)] == []
    assert env.where(site.instance) == {}


def test_a_second_start_finds_the_data_and_a_part_that_dies_stops_the_others(site: Run):
    site.stop(signal.SIGINT)  # whatever other process runs the test before this one
    with Run(site.instance, free_port(0)) as again:
        again.read_until("Ctrl-C stops everything.")
        assert f"0 made, {len(PEOPLE)} there already" in again.printed
        next(one for one in again.family() if "marketplace.worker" in one.cmdline()).kill()
        again.read_until("worker ended by itself")
        assert again.process.wait() == 1


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_port_that_is_taken_is_named_with_another(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with Run(tmp_path, port) as run:
            run.read_until(f"PORT={port + 1} make run")
            assert run.process.wait() == 1
    assert not (tmp_path / "pg").exists()


@pytest.mark.parametrize(
    ("environ", "of_our_own"),
    [
        ({}, {"stripe", "mailbox", "mail_in"}),
        ({"STRIPE_SECRET_KEY": "sk_test_real"}, {"mailbox", "mail_in"}),
        ({"SMTP_HOST": "mail.example"}, {"stripe"}),
        ({"STRIPE_SECRET_KEY": "sk_test_real", "SMTP_PORT": "2525"}, set()),
    ],
)
def test_what_is_set_elsewhere_is_not_started_here(environ: dict[str, str], of_our_own: set[str], tmp_path: Path):
    ports = Ports.choose(environ | {"PORT": str(free_port(0))})
    chosen: list[Part] = parts(ports, env.settings(environ, tmp_path, "postgresql://db"), tmp_path)
    assert {part.name for part in chosen} == of_our_own | {"worker", "web"}


def test_two_that_start_in_the_same_moment_do_not_choose_the_same_places():
    # Neither listens yet when the other chooses.
    first, second = (Ports.choose({"PORT": str(free_port(0))}) for _ in range(2))
    assert {first.sandbox, first.mailbox, first.smtp} & {second.sandbox, second.mailbox, second.smtp} == set()


def test_the_usual_places_go_with_the_usual_port(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("devtools.run.is_free", lambda port: True)
    assert Ports.choose({}) == Ports(web=8000, sandbox=12111, mailbox=8025, smtp=1025, mail_in=2424)


@pytest.mark.parametrize("port", ["http", "-1"])
def test_a_port_must_be_a_number(port: str):
    with pytest.raises(env.CannotRun, match="PORT"):
        Ports.choose({"PORT": port})
