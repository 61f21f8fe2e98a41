"""What a job came to is recorded once, whatever becomes of the connection on the way."""

import asyncio

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from sqlalchemy import text

from marketplace.db import session, transactional
from marketplace.job_runner import BackOff, PersistentResults, is_lost_connection
from marketplace.jobs import enqueue
from marketplace.worker import queue


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


def test_a_refusal_is_raised():
    with pytest.raises(ConnectorException):
        record(NO_LONGER_RUNS)


def test_who_is_told_to_stop_waits_no_longer_than_it_may():
    with pytest.raises(ConnectorException):
        record(LOST, LOST, give_up_at=0)


def it_is_to_be_tried_again(results, job):
    return results.retry_job(job)


def it_succeeded(results, job):
    return results.finish_job(job, Status.SUCCEEDED, delete_job=False)


def a_job_after(app, course):
    """How the one job stands after `course` was run with a manager of its queue."""
    jobs = queue(app)

    async def run():
        async with jobs.open_async():
            await course(PersistentResults(jobs.connector))

    with app.app_context():
        transactional(enqueue)("expire_holds")
        asyncio.run(run())
        return tuple(session().execute(text("select status, attempts from procrastinate_jobs")).one())


async def fetched(results):
    return await results.fetch_job(queues=None, worker_id=await results.register_worker())


@pytest.mark.real
@pytest.mark.parametrize(("result", "status"), [(it_is_to_be_tried_again, "todo"), (it_succeeded, "succeeded")])
def test_a_result_that_was_recorded_though_its_answer_was_lost_is_left_alone(real_app, result, status):
    async def course(results):
        job = await fetched(results)
        await result(results, job)
        await result(results, job)

    assert a_job_after(real_app, course) == (status, 1)


@pytest.mark.real
@pytest.mark.parametrize("late", [it_is_to_be_tried_again, it_succeeded])
def test_what_comes_late_of_a_job_that_another_worker_was_given_meanwhile_is_left_alone(real_app, late):
    async def course(results):
        job = await fetched(results)
        await results.retry_job(job)
        assert (await fetched(results)).id == job.id
        await late(results, job)

    assert a_job_after(real_app, course) == ("doing", 1)


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (LOST, True),
        (psycopg.InterfaceError("closed"), True),
        (NO_LONGER_RUNS, False),
        (ValueError(), False),
        (psycopg.errors.QueryCanceled("it took too long"), False),
    ],
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
