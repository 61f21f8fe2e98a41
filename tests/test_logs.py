"""What the log tells of an exception: where it came from, never what people wrote."""

import json
import logging
import sys

import psycopg
import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from marketplace import logs
from marketplace.connections import was_stopped
from marketplace.db import db
from marketplace.errors import Conflict
from tests.factories import a_person

SECRET = "noor@demo.example"


class TimeTaken(Conflict):
    """This time is taken."""


def raised(error: BaseException, because: BaseException | None = None) -> BaseException:
    try:
        raise error from because
    except BaseException as caught:
        return caught


def refused(statement: str, **given: str) -> SQLAlchemyError:
    with pytest.raises(SQLAlchemyError) as caught, db.session.begin_nested():
        db.session.execute(text(statement), given)
    return caught.value


@pytest.fixture
def database_errors() -> list[SQLAlchemyError]:
    a_person("Noor", email=SECRET)
    a_person("Mia")
    again = "update users set email = :email"
    return [
        refused(again, email=SECRET),
        refused("select cast(:given as uuid)", given=SECRET),
        refused("select nothing from users where email = :given", given=SECRET),
    ]


def test_a_statement_is_logged_without_its_parameters_and_without_the_rows_that_it_met(database_errors):
    unique, invalid, wrong = map(logs.told, database_errors)
    assert SECRET not in unique + invalid + wrong
    assert "23505 duplicate key value violates unique constraint" in unique
    assert invalid.splitlines()[-1].endswith("22P02")
    assert 'column "nothing" does not exist' in wrong


def test_the_exception_itself_hides_them_too(database_errors):
    assert all("[parameters" not in str(error) for error in database_errors)
    assert ["SQL parameters hidden" in str(error) for error in database_errors] == [True, True, True]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError(f"cannot read {SECRET}"), ""),
        (KeyError(SECRET), ""),
        (RuntimeError("never inside a transaction"), "never inside a transaction"),
        (TimeTaken(), "This time is taken."),
        (ConnectionRefusedError(111, "Connection refused", SECRET), "Connection refused"),
        (psycopg.OperationalError("connection to server failed"), "connection to server failed"),
        (psycopg.DataError(f"cannot adapt {SECRET}"), ""),
    ],
)
def test_words_that_quote_what_was_given_are_not_told(error, words):
    told = logs.told(raised(error))
    assert SECRET not in told
    assert told.splitlines()[-1].endswith(f"{type(error).__qualname__}: {words}" if words else type(error).__qualname__)
    assert "test_logs.py" in told


@pytest.mark.pure
def test_what_stands_behind_an_exception_is_told_alike():
    told = logs.told(raised(RuntimeError("outer"), raised(ValueError(SECRET))))
    assert SECRET not in told
    assert ["RuntimeError: outer" in told, "builtins.ValueError" in told] == [True, True]


@pytest.mark.pure
def test_libraries_log_exceptions_alike():
    try:
        raise ValueError(SECRET)
    except ValueError:
        record = logging.LogRecord("procrastinate", logging.ERROR, "", 0, "job failed", (), sys.exc_info())
    written = logs.DiscreetFormatter("%(message)s").format(record)
    assert written.startswith("job failed\n")
    assert SECRET not in written


def test_libraries_that_log_what_a_calendar_says_are_silent(app):
    assert not logging.getLogger("caldav").isEnabledFor(logging.CRITICAL)


def test_our_own_log_does(app):
    event = {"event": "request.failed", "exc_info": raised(ValueError(SECRET))}
    for processor in structlog.get_config()["processors"]:
        event = processor(None, "error", event)
    assert SECRET not in event
    assert "builtins.ValueError" in json.loads(event)["exception"]


@pytest.mark.pure
def test_a_statement_that_was_stopped_is_known_behind_others():
    assert was_stopped(raised(RuntimeError(), psycopg.errors.QueryCanceled()))
    assert not was_stopped(raised(RuntimeError(), psycopg.OperationalError()))
