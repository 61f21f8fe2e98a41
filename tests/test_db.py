"""One committer: commands commit whole or not at all, and the database's refusals get our words."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from marketplace import connections
from marketplace.accounts.models import Role, User
from marketplace.db import begin_transaction, refusing, session, transactional, uuid7
from marketplace.errors import Conflict
from marketplace.jobs import enqueue
from tests import queue
from tests.factories import a_person


class AddressTaken(Conflict):
    """Somebody has this address."""


def names():
    return set(session().scalars(select(User.name)))


def person(name):
    session().add(User(email=f"{name}@example.com", name=name, fs_uniquifier=uuid7().hex))


def test_a_command_commits_when_it_returns():
    @transactional
    def command():
        person("Mia")

    command()
    session().rollback()
    assert names() == {"Mia"}


def test_a_command_that_raises_leaves_nothing_behind_nor_any_job():
    @transactional
    def command():
        person("Mia")
        enqueue("send_message", message_id="x")
        raise ValueError

    with pytest.raises(ValueError):
        command()
    assert names() == set()
    assert queue.waiting() == []


def test_a_nested_command_that_raises_takes_back_only_itself():
    @transactional
    def inner():
        person("Noor")
        enqueue("send_message", message_id="inner")
        raise ValueError

    @transactional
    def outer():
        person("Mia")
        enqueue("send_message", message_id="outer")
        with pytest.raises(ValueError):
            inner()

    outer()
    assert names() == {"Mia"}
    assert queue.waiting() == ["send_message"]


def test_a_job_asked_for_once_is_not_joined_by_a_second():
    @transactional
    def command():
        enqueue("send_message", once="one", message_id="x")
        enqueue("send_message", once="one", message_id="x")
        person("Mia")

    command()
    assert queue.waiting() == ["send_message"]
    assert names() == {"Mia"}


def test_a_named_constraint_refuses_in_the_domains_words():
    taken = a_person("Mia").email

    @transactional
    def command():
        with refusing("users_email_key", AddressTaken):
            session().add(User(email=taken, name="Other", fs_uniquifier=uuid7().hex))

    with pytest.raises(AddressTaken, match="Somebody has this address"):
        command()


def test_another_constraint_is_not_mistaken_for_it():
    taken = a_person("Mia")

    @transactional
    def command():
        with refusing("users_email_key", AddressTaken):
            session().add(User(email="x@example.com", name="Other", fs_uniquifier=taken.fs_uniquifier))

    with pytest.raises(IntegrityError):
        command()


def test_keys_are_made_before_the_insert_and_sort_by_time():
    keys = [uuid7() for _ in range(50)]
    assert len(set(keys)) == 50
    assert all(key.version == 7 for key in keys)
    assert [key.int >> 80 for key in keys] == sorted(key.int >> 80 for key in keys)


@pytest.mark.real
def test_what_requests_read_stays_prepared_on_their_connection(real_app):
    for _ in range(8):
        with real_app.app_context():
            names()
    with real_app.app_context():
        known = text("select count(*) from pg_prepared_statements where statement like 'SELECT users.name%'")
        assert session().scalar(known) == 1


@pytest.mark.real
def test_what_is_changed_outside_a_command_is_taken_back_at_the_end_of_the_request(real_app):
    with real_app.app_context():
        person("Mia")
        session().flush()
    with real_app.app_context():
        person("Noor")
    with real_app.app_context():
        assert names() == set()


@pytest.mark.real
def test_a_request_whose_connection_was_lost_ends_without_a_word(real_app):
    with real_app.app_context():
        names()
        session().connection().connection.driver_connection.close()
    with real_app.app_context():
        assert names() == set()


def backends(app):
    """How many connections the application's pool has open."""
    with app.app_context():
        return session().scalar(
            text("select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
        )


def cut_off(app):
    """The database ends every connection but this, as when it is started anew."""
    with psycopg.connect(app.extensions["settings"].database_url, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


@pytest.mark.real
def test_nobody_notices_that_the_database_was_started_anew(real_app):
    people = 8
    ready = threading.Barrier(people)

    def ask(_):
        with real_app.app_context():
            ready.wait(10)
            names()
            ready.wait(10)
        return real_app.test_client().get("/coaches").status_code

    with ThreadPoolExecutor(people) as threads:
        assert list(threads.map(ask, range(people))) == [200] * people
        assert backends(real_app) >= people - 1
        for _ in range(2):
            cut_off(real_app)
            assert list(threads.map(ask, range(people))) == [200] * people


@pytest.mark.real
def test_a_command_after_the_database_was_started_anew_is_done_once(real_app):
    @transactional
    def command():
        person("Mia")

    with real_app.app_context():
        names()
    cut_off(real_app)
    with real_app.app_context():
        command()
    with real_app.app_context():
        assert session().scalars(select(User.name)).all() == ["Mia"]


@pytest.mark.real
def test_a_connection_on_which_nobody_spoke_for_long_is_asked_before_it_is_given_out(real_app, monkeypatch):
    asked = []
    answers = connections._answers
    monkeypatch.setattr(connections, "_answers", lambda connection: asked.append(1) or answers(connection))
    for quiet_for, expected in ((connections.QUIET_FOR_SECONDS, 0), (-1, 1)):
        monkeypatch.setattr(connections, "QUIET_FOR_SECONDS", quiet_for)
        for _ in range(2):
            with real_app.app_context():
                assert names() == set()
        assert bool(asked) == bool(expected)


@pytest.mark.real
def test_what_only_reads_holds_no_transaction_open(real_app):
    def state_after(work):
        with real_app.app_context():
            work()
            pid = session().connection().connection.driver_connection.info.backend_pid
            with psycopg.connect(real_app.extensions["settings"].database_url) as other:
                return other.execute("select state from pg_stat_activity where pid = %s", (pid,)).fetchone()[0]

    assert state_after(names) == "idle"
    assert state_after(lambda: (begin_transaction(), names())) == "idle in transaction"
    assert state_after(lambda: (names(), begin_transaction(), names())) == "idle in transaction"
    assert state_after(lambda: (names(), session().begin_nested(), names())) == "idle in transaction"
    assert state_after(lambda: (person("Mia"), session().flush())) == "idle in transaction"


@pytest.mark.real
def test_a_command_that_comes_after_reading_is_still_whole_or_nothing(real_app):
    @transactional
    def command(broken):
        names()
        person("Mia")
        session().flush()
        if broken:
            raise ValueError

    with real_app.app_context():
        names()
        with pytest.raises(ValueError):
            command(broken=True)
        assert names() == set()
        command(broken=False)
        assert names() == {"Mia"}
        session().rollback()
        assert names() == {"Mia"}


@pytest.mark.real
def test_settings_hold_for_the_statements_of_one_transaction(real_app):
    def level():
        session().execute(text("select set_config('fairhour.word', 'said', true)"))
        return session().scalar(text("select current_setting('fairhour.word', true)"))

    with real_app.app_context():
        begin_transaction()
        assert level() == "said"
    with real_app.app_context():
        assert not session().scalar(text("select current_setting('fairhour.word', true)"))


@pytest.mark.real
@pytest.mark.parametrize(
    "statement",
    [
        insert(Role).values(id=uuid7(), name="guest"),
        update(User).values(name="Mia"),
        delete(User),
        text("update users set name = 'Mia'"),
    ],
    ids=lambda statement: str(statement).partition(" ")[0],
)
def test_what_would_be_committed_by_itself_is_refused(real_app, statement):
    with real_app.app_context():
        with pytest.raises(RuntimeError, match="write inside a command"):
            session().execute(statement)
        transactional(lambda: session().execute(statement))()
