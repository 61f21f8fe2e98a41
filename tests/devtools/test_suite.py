"""What `make test` says at last."""

import re
import subprocess
import sys

import pytest

from devtools import env

pytestmark = pytest.mark.real


def suite(database_server, *arguments):
    command = [sys.executable, "-m", "devtools.suite", "-q", *arguments]
    environ = {"DATABASE_URL": database_server, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=env.ROOT, env=environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()[-1]


def test_its_last_line_counts_tests_seconds_and_processor(database_server):
    status, last = suite(database_server, "tests/test_money.py", "-k", "unknown_currency or can_be_read")
    assert status == 0
    assert re.fullmatch(r"2 tests in \d+ s; \d+ s of processor, \d+ of them PostgreSQL's\.", last)


def test_where_no_test_was_found_it_fails(database_server):
    status, last = suite(database_server, "tests/test_money.py", "-k", "nothing_of_that_name")
    assert (status, last[:7]) == (5, "0 tests")
