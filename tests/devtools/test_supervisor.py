"""Several programs as one: none is left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from devtools.env import ROOT

pytestmark = pytest.mark.real

TOGETHER = """
import asyncio, os, sys
from devtools.supervisor import Part, together

async def greet():
    print("greeted", flush=True)
    if {greeting_fails}:
        raise RuntimeError("Nobody answered.")

parts = [Part(name, ["sh", "-c", command]) for name, command in {parts}]
print("ended:", asyncio.run(together(parts, os.environ, greet)), flush=True)
"""


@contextmanager
def supervised(*parts: tuple[str, str], greeting_fails: bool = False) -> Iterator[subprocess.Popen[str]]:
    program = TOGETHER.format(parts=list(parts), greeting_fails=greeting_fails)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.terminate()


def lines_until(process: subprocess.Popen[str], text: str) -> list[str]:
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if text in line:
            return lines
    raise AssertionError(f"{text!r} never came: {lines}")


def test_lines_are_printed_under_the_name_of_their_part():
    with supervised(("one", "echo hello; sleep 60"), ("longer", "sleep 60")) as process:
        assert "one    | hello" in lines_until(process, "hello")
        process.terminate()
        assert process.wait() == 0


def test_when_one_ends_all_are_stopped_and_it_is_named():
    with supervised(("steady", "echo $$ is steady; exec sleep 60"), ("broken", "sleep 0.2; exit 3")) as process:
        lines = lines_until(process, "ended:")
        steady = int(next(line for line in lines if "is steady" in line).split()[2])
        assert lines[-1] == "ended: broken ended by itself with status 3."
        assert not psutil.pid_exists(steady)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_grandchildren_included(number: signal.Signals):
    with supervised(("family", "sleep 61 & echo $! is young; wait")) as process:
        young = int(lines_until(process, "is young")[-1].split()[2])
        process.send_signal(number)
        assert lines_until(process, "ended:")[-1] == "ended: None"
        assert not _alive(young)


def test_a_greeting_that_fails_stops_everything_with_its_reason():
    with supervised(("steady", "exec sleep 60"), greeting_fails=True) as process:
        assert lines_until(process, "ended:")[-1] == "ended: Nobody answered."


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help exists on Linux only")
def test_parts_do_not_outlive_a_supervisor_that_was_killed():
    with supervised(("orphan", "echo $$ is orphan; exec sleep 60")) as process:
        orphan = int(lines_until(process, "is orphan")[-1].split()[2])
        process.kill()
        process.wait()
        psutil.wait_procs([psutil.Process(orphan)] if _alive(orphan) else [], timeout=10)
        assert not _alive(orphan)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False
