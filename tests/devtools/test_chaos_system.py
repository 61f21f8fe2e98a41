"""A part of the system under chaos that ends by itself is counted, also when it was started again."""

import signal

import pytest

from devtools.chaos.system import MAILBOX, WORKER, System, eventually


@pytest.fixture
def system(tmp_path):
    system = System(tmp_path, "postgresql://nowhere/none")
    system.commands = {
        WORKER: ["-c", "raise SystemExit(0)"],
        MAILBOX: ["-c", "import time; time.sleep(600)"],
    }
    yield system
    system.stop()


def test_a_part_that_ended_by_itself_is_counted_though_it_runs_again(system):
    system.start(WORKER)
    eventually("it to end", lambda: WORKER in system.down(), 20)
    system.commands[WORKER] = system.commands[MAILBOX]
    system.restart(WORKER)
    assert system.down() == [MAILBOX]
    assert system.ended() == ["worker ended by itself with status 0"]


def test_a_part_that_is_down_and_started_is_counted_too(system):
    system.start(WORKER)
    system.start(MAILBOX)
    eventually("it to end", lambda: WORKER in system.down(), 20)
    for name in system.down():
        system.start(name)
    assert system.ended()[0] == "worker ended by itself with status 0"


def test_a_part_that_was_killed_did_not_end_by_itself(system):
    system.start(MAILBOX)
    system.restart(MAILBOX)
    system.kill(MAILBOX, signal.SIGTERM)
    assert system.ended() == []
