"""A part of the system under chaos that ends by itself is counted, also when it was started again."""

import signal

import pytest

from devtools.chaos.house import MAILBOX, WORKER, House, eventually


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path, "postgresql://nowhere/none")
    house.commands = {
        WORKER: ["-c", "raise SystemExit(0)"],
        MAILBOX: ["-c", "import time; time.sleep(600)"],
    }
    yield house
    house.stop()


def test_a_part_that_ended_by_itself_is_counted_though_it_runs_again(house):
    house.start(WORKER)
    eventually("it to end", lambda: WORKER in house.down(), 20)
    house.commands[WORKER] = house.commands[MAILBOX]
    house.restart(WORKER)
    assert house.down() == [MAILBOX]
    assert house.ended() == ["worker ended by itself with status 0"]


def test_a_part_that_is_down_and_started_is_counted_too(house):
    house.start(WORKER)
    house.start(MAILBOX)
    eventually("it to end", lambda: WORKER in house.down(), 20)
    for name in house.down():
        house.start(name)
    assert house.ended()[0] == "worker ended by itself with status 0"


def test_a_part_that_was_killed_did_not_end_by_itself(house):
    house.start(MAILBOX)
    house.restart(MAILBOX)
    house.kill(MAILBOX, signal.SIGTERM)
    assert house.ended() == []
