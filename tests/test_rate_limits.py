"""Calls are counted by all processes together."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from marketplace.app import create_app
from marketplace.db import db
from marketplace.rate_limits import DatabaseStorage, forget_old_counts
from tests.doors import ApiClient

pytestmark = pytest.mark.real


@pytest.fixture(autouse=True)
def nothing_counted(real_app):
    with real_app.app_context():
        DatabaseStorage().reset()
        yield
        DatabaseStorage().reset()


def passes(key):
    """The window of `key` closes, without waiting for it."""
    with db.engine.begin() as connection:
        connection.execute(text("update call_counts set until = now() - interval '1 s' where key = :key"), {"key": key})


def test_two_processes_count_as_one(real_app):
    storages = [DatabaseStorage(), DatabaseStorage()]

    def call(number):
        with real_app.app_context():
            return storages[number % 2].incr("ada", 60)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(call, range(40))) == list(range(1, 41))


def test_a_window_closes_and_another_begins(real_app):
    storage = DatabaseStorage()
    assert [storage.incr("ada", 60), storage.incr("ada", 60, amount=3), storage.incr("ben", 60)] == [1, 4, 1]
    passes("ada")
    with real_app.app_context():
        assert storage.get("ada") == 0
    assert storage.incr("ada", 60) == 1


def test_what_is_over_is_forgotten_and_no_more(real_app):
    storage = DatabaseStorage()
    for key in ("ada", "ben"):
        storage.incr(key, 60)
    passes("ada")
    forget_old_counts()
    with db.engine.connect() as connection:
        assert connection.scalars(text("select key from call_counts")).all() == ["ben"]
    storage.clear("ben")
    assert (storage.get("ben"), storage.check(), storage.reset()) == (0, True, 0)


def test_the_doors_are_counted_there(real_app):
    settings = real_app.extensions["settings"]
    changes = {"ratelimit_enabled": True, "api_calls_per_minute": 3, "ratelimit_storage_url": "postgresql://"}
    answers = []
    for number in range(4):
        # Each of them is as another process: it has counted nothing itself.
        made = create_app(replace(settings, **changes))
        answers.append(ApiClient(made, None).get("/coaches"))
        with made.app_context():
            db.engine.dispose()
        if number == 0:
            assert answers[0].headers["X-RateLimit-Remaining"] == "2"
    assert [answer.status_code for answer in answers] == [200] * 3 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_reads_count_by_what_they_cost_in_pages_and_api_together(real_app):
    changes = {"ratelimit_enabled": True, "read_units_per_minute": 22, "ratelimit_storage_url": "postgresql://"}
    app = create_app(replace(real_app.extensions["settings"], **changes))
    api, page = ApiClient(app, None), app.test_client()
    asked = [api.get("/coaches"), page.get("/coaches?text=ada"), api.get("/search"), api.get("/search")]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 200]
    refused = page.get("/coaches")
    assert (refused.status_code, 0 < int(refused.headers["Retry-After"]) <= 60) == (429, True)
    assert page.get("/help").status_code == 200
    with app.app_context():
        db.engine.dispose()
