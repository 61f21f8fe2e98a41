"""What a job came to is recorded once, whatever becomes of the connection on the way."""

import asyncio

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException

from marketplace.job_runner import BackOff, PersistentResults, is_lost_connection


def refused(cause):
    """What the queue raises where the database raised `cause`."""
    try:
        raise ConnectorException from cause
    except ConnectorException as error:
        return error


LOST = refused(psycopg.OperationalError("server closed the connection unexpectedly"))
NO_LONGER_RUNS = refused(psycopg.errors.RaiseException('Job was not found or not in "doing" or "todo" status'))


def record(*answers, give_up_at=None):
    """How often the database was asked until a result was recorded, where it answers so in turn."""
    asked, left = [], list(answers)

    async def once():
        asked.append(1)
        answer = left.pop(0)
        if answer is not None:
            raise answer

    results = PersistentResults(None)
    results.give_up_at = give_up_at
    asyncio.run(results._recorded(once))
    return len(asked)


def test_a_result_is_recorded_as_soon_as_the_database_answers():
    assert record(None) == 1
    assert record(LOST, LOST, None) == 3


def test_a_result_that_was_recorded_though_its_answer_was_lost_is_left_alone():
    assert record(LOST, NO_LONGER_RUNS) == 2


def test_a_refusal_is_raised():
    with pytest.raises(ConnectorException):
        record(NO_LONGER_RUNS)


def test_who_is_told_to_stop_waits_no_longer_than_it_may():
    with pytest.raises(ConnectorException):
        record(LOST, LOST, give_up_at=0)


@pytest.mark.parametrize(
    ("error", "lost"),
    [(LOST, True), (psycopg.InterfaceError("closed"), True), (NO_LONGER_RUNS, False), (ValueError(), False)],
)
def test_a_connection_that_was_lost_is_told_from_a_refusal_by_its_cause(error, lost):
    assert is_lost_connection(error) is lost


def test_waiting_becomes_longer_up_to_some_seconds():
    back_off = BackOff()
    back_off.seconds = 0.001
    asyncio.run(back_off.wait())
    assert back_off.seconds == 0.002
    back_off.reset()
    assert back_off.seconds == 0.1
