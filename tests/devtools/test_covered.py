"""What no test runs is named: of money anything at all, of the rest when too much is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from devtools.covered import DOMAINS_OF_MONEY

pytestmark = pytest.mark.real

ROOT = Path(__file__).parent.parent.parent
SETTINGS = """
[tool.coverage.run]
branch = true
source = ["marketplace"]

[tool.coverage.report]
fail_under = {least}
"""
RULE = "def may(cents):\n    if cents > 5:\n        cents = 5\n    return cents\n"


@pytest.fixture
def measured(tmp_path):
    """Run some lines in a small house of the same domains; the exit status and what is said of it."""

    def run(lines, *, least=0, domains=DOMAINS_OF_MONEY):
        (tmp_path / "pyproject.toml").write_text(SETTINGS.format(least=least))
        for domain in ("", "notes", *domains):
            (tmp_path / "marketplace" / domain).mkdir(parents=True, exist_ok=True)
            (tmp_path / "marketplace" / domain / "__init__.py").touch()
            (tmp_path / "marketplace" / domain / "rules.py").write_text(RULE)
        everywhere = "".join(f"from marketplace.{domain}.rules import may\nmay(1), may(9)\n" for domain in domains)
        (tmp_path / "lines.py").write_text(everywhere + lines)
        house = {"cwd": tmp_path, "env": {"PYTHONPATH": f"{tmp_path}:{ROOT}"}, "capture_output": True, "text": True}
        run = "from devtools import measured; m = measured.begin(); import lines; m.pytest_sessionfinish()"
        subprocess.run([sys.executable, "-c", run], check=True, **house)
        done = subprocess.run([sys.executable, "-m", "devtools.covered"], check=False, **house)
        return done.returncode, done.stdout.splitlines()

    return run


def test_where_all_of_the_money_is_run_little_else_may_be(measured):
    status, said = measured("")
    assert (status, said[-1].startswith("Covered: ")) == (0, True)


def test_less_than_is_asked_of_the_whole_is_refused(measured):
    status, said = measured("", least=99)
    assert (status, said[-1]) == (1, "At least 99 % is asked of lines and of branches.")


@pytest.mark.parametrize(
    ("lines", "gap"),
    [
        ("", "marketplace/payments/service.py:2 is never run."),
        ("may(1)", "marketplace/payments/service.py:3 is never run."),
        ("may(9)", "marketplace/payments/service.py:2 never goes on to 4."),
    ],
)
def test_a_line_or_a_branch_of_money_that_no_test_runs_is_named(measured, tmp_path, lines, gap):
    (tmp_path / "marketplace" / "payments").mkdir(parents=True)
    (tmp_path / "marketplace" / "payments" / "service.py").write_text(RULE)
    status, said = measured(f"from marketplace.payments.service import may\n{lines}")
    assert status == 1
    assert gap in said
    assert (
        said[-1]
        == "All of payments, ledger, payouts, stripe_inbox, reconciliation, bookings is to be run by some test."
    )


def test_what_was_not_measured_is_not_taken_for_covered(measured):
    status, said = measured("", domains=DOMAINS_OF_MONEY[1:])
    assert (status, said[-2]) == (1, "marketplace/payments was not measured.")
