"""A child gets what it is to read, nothing else, and is stopped at its limits."""

import sys

import pytest

from marketplace import child_process

# Modules are what the program runs; these run a line of Python in the same way.
CODE = (sys.executable, "-c")
UPPER = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().upper())"
ENVIRONMENT = "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))"
LIMITS = """
import resource
from marketplace import child_process
child_process.limit_this(cpu_seconds=1, memory_bytes=200_000_000)
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


def asked(code, data=b"", **how):
    return child_process.answer((*CODE, code), {"form": "x"}, data, **{"patience_seconds": 60} | how)


def test_it_reads_a_line_of_json_and_the_data_below_it():
    assert asked(UPPER, b"a\nb") == b'{"FORM": "X"}\nA\nB'


def test_it_knows_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    assert asked(ENVIRONMENT) == b"[]\n"


def test_it_finds_our_package_and_leaves_no_core():
    assert asked(LIMITS) == b"0\n"


@pytest.mark.parametrize("after", ["while True: pass", "x = b'x' * 400_000_000", "raise SystemExit(3)"])
def test_who_goes_beyond_the_limits_or_breaks_is_stopped(after):
    with pytest.raises(child_process.ChildStopped):
        asked(f"{LIMITS}\n{after}")


def test_who_answers_nothing_for_too_long_is_stopped():
    with pytest.raises(child_process.ChildStopped):
        asked("import time; time.sleep(60)", patience_seconds=0.2)
