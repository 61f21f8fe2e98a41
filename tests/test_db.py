"""One committer: commands commit whole or not at all, and the database's refusals get our words."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import User
from marketplace.db import driver_connection, refusing, session, transactional, uuid7
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
        driver_connection().close()
    with real_app.app_context():
        assert names() == set()
