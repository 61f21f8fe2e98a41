"""The worker outlives PostgreSQL: it never ends by itself, and every job is done once."""

import signal
import time
from datetime import UTC, timedelta

import psycopg
import pytest

from devtools import postgres
from marketplace import clock
from marketplace.cli import upgrade_database
from marketplace.db import db
from tests.crashes.conftest import eventually, standing
from tests.factories import a_coach, a_hold, a_person, an_offering, open_all_week

pytestmark = [pytest.mark.real, pytest.mark.slow]

RESTARTS = 20
LAPSING_EACH_TIME = 3
# The time from a restart to the next: the worker is back by then, or on its way.
PAUSES_SECONDS = (0.0, 0.3, 1.0, 2.0)

LAPSE = "update bookings set hold_expires_at = %s where id = %s"
EXPIRE = (
    "insert into procrastinate_jobs (queue_name, task_name, args) "
    "values ('default', 'expire_hold', jsonb_build_object('booking_id', cast(%s as text))) returning id"
)


@pytest.fixture
def server(tmp_path):
    with postgres.running(tmp_path / "server") as address:
        yield address


@pytest.fixture
def house(server, settings, smtp_server, tmp_path):
    address = postgres.create_database(server, "fairhour")
    upgrade_database(address)
    with standing(address, settings, smtp_server, tmp_path) as house:
        yield house


@pytest.fixture
def held(house):
    """Ids of times that are held by as many mentees."""
    offering = an_offering(open_all_week(a_coach("ada"), "00:00", "24:00"))
    first = (clock.now() + timedelta(days=2)).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    ids = [
        a_hold(a_person(f"Mentee {number}"), offering, first + timedelta(hours=2 * number)).id
        for number in range(RESTARTS * LAPSING_EACH_TIME)
    ]
    db.engine.dispose()
    return ids


def lapse(house, booking_ids):
    """Let these times lapse, and enqueue the jobs that free them; the jobs' ids."""
    with psycopg.connect(house.settings.database_url) as connection:
        jobs = []
        for booking_id in booking_ids:
            connection.execute(LAPSE, [clock.now() - timedelta(seconds=1), booking_id])
            jobs += [connection.execute(EXPIRE, [booking_id]).fetchone()[0]]
    return jobs


def column(house, sql, *given):
    with psycopg.connect(house.settings.database_url) as connection:
        return [value for (value,) in connection.execute(sql, given)]


def test_the_worker_outlives_twenty_restarts_and_every_job_is_done_once(house, held, tmp_path):
    logged = tmp_path / "worker.log"
    with logged.open("wb") as log:
        worker = house.worker(log)
    jobs = []
    eventually(lambda: column(house, "select id from procrastinate_workers"))
    for number in range(RESTARTS):
        jobs += lapse(house, [held.pop() for _ in range(LAPSING_EACH_TIME)])
        postgres.restart(tmp_path / "server", immediate=number % 2 == 1)
        assert worker.poll() is None, logged.read_text()
        time.sleep(PAUSES_SECONDS[number % len(PAUSES_SECONDS)])
    states = "select distinct status::text from procrastinate_jobs where id = any(%s)"
    eventually(lambda: column(house, states, jobs) == ["succeeded"])
    assert worker.poll() is None, logged.read_text()

    assert column(house, "select distinct status::text from bookings") == ["expired"]
    freed = "select count(*) from audit_entries where action = 'booking.expired' group by subject_id"
    assert column(house, freed) == [1] * RESTARTS * LAPSING_EACH_TIME
    assert column(house, "select count(*) from procrastinate_jobs where status = 'failed'") == [0]
    told = logged.read_text()
    assert 1 <= told.count("worker.database_lost") <= RESTARTS + 1
    assert "Traceback" not in told
    # A job that waits already is no error of the database's.
    assert "procrastinate_jobs_queueing_lock" not in (postgres.data_folder(tmp_path / "server") / "log").read_text()

    worker.send_signal(signal.SIGTERM)
    assert worker.wait() == 0


def test_a_worker_ends_when_it_is_told_to_while_the_database_is_away(house, tmp_path):
    worker = house.worker()
    eventually(lambda: column(house, "select id from procrastinate_workers"))
    db.engine.dispose()
    with postgres.stopped(tmp_path / "server"):
        time.sleep(1)
        assert worker.poll() is None
        worker.send_signal(signal.SIGTERM)
        assert worker.wait() == 0


def test_a_worker_whose_heartbeat_is_refused_ends_and_says_why(house, tmp_path):
    with psycopg.connect(house.settings.database_url) as connection:
        connection.execute("drop function procrastinate_update_heartbeat_v1")
    with (tmp_path / "worker.log").open("wb") as log:
        worker = house.worker(log)
    assert worker.wait() == 1
    told = (tmp_path / "worker.log").read_text()
    assert "procrastinate_update_heartbeat_v1" in told
    assert "worker.database_lost" not in told


def test_a_worker_that_cannot_go_on_ends_with_another_status_than_none(house, tmp_path):
    with psycopg.connect(house.settings.database_url) as connection:
        connection.execute("drop function procrastinate_register_worker_v1")
    with (tmp_path / "worker.log").open("wb") as log:
        worker = house.worker(log)
    assert worker.wait() == 1
    assert "procrastinate_register_worker_v1" in (tmp_path / "worker.log").read_text()
