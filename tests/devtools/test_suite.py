"""What `make test` says at last."""

import re
import subprocess
import sys

import pytest

from devtools import env

pytestmark = pytest.mark.real


THREE = "def test_one(): pass\ndef test_two(): pass\ndef test_another(): pass\n"


@pytest.fixture
def suite(database_server, tmp_path):
    """Runs some of three tests that need nothing; the exit status and the last line."""
    (tmp_path / "test_three.py").write_text(THREE)

    def run(*arguments):
        command = [sys.executable, "-m", "devtools.suite", "-q", "-p", "no:cacheprovider", str(tmp_path), *arguments]
        environ = {"DATABASE_URL": database_server, "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, cwd=env.ROOT, env=environ, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()[-1]

    return run


def test_its_last_line_counts_tests_seconds_and_processor(suite):
    status, last = suite("-k", "one or two")
    assert status == 0
    assert re.fullmatch(r"2 tests in \d+ s; \d+ s of processor, \d+ of them PostgreSQL's\.", last)


def test_where_no_test_was_found_it_fails(suite):
    status, last = suite("-k", "nothing_of_that_name")
    assert (status, last[:7]) == (5, "0 tests")
