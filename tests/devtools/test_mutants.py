"""Mutants are made, run in place of their module and noticed; one that nobody notices is named."""

import subprocess
import sys
from pathlib import Path

import pytest

from devtools import mutants
from tests.found import some

pytestmark = pytest.mark.real

SOURCE = "def may(cents):\n    return cents > 5\n"


def test_every_number_and_comparison_is_exchanged():
    made = {mutant.becomes for mutant in mutants.mutants("x.py", SOURCE)}
    assert {"return cents >= 5", "return cents < 5", "return cents > 6", "return cents > 4"} <= {
        " ".join(line.split()) for line in made
    }
    assert {mutant.was for mutant in mutants.mutants("x.py", SOURCE)} == {"return cents > 5"}


def test_a_mutant_is_noticed_by_its_tests_and_not_by_none(tmp_path):
    """In a process of its own, since mutants are forked."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    judge = f"""
import os, sys
from pathlib import Path
from devtools import mutants
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
sys.dont_write_bytecode = True
file = "marketplace/ledger/rules.py"
source = Path(file).read_text()
wrong = [mutants.Mutant(file, "", "", source.replace("debit_cents - credit_cents if", "debit_cents + credit_cents if"))]
assert wrong[0].source != source
for tests in ("tests/ledger/test_rules.py", {str(tmp_path / "test_nothing.py")!r}):
    target = mutants.Target(file, (tests,))
    print(len(mutants.survivors(target, wrong, 1, Path({str(tmp_path / "pytest.ini")!r}))))
"""
    done = subprocess.run([sys.executable, "-c", judge], cwd=mutants.ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["0", "1"], "")


def test_reasons_are_of_lines_that_are_there():
    for file, was, _becomes in some(mutants.reasons()):
        assert was in (Path(mutants.ROOT) / file).read_text()


def test_targets_are_the_rules_of_money_with_their_tests():
    found = mutants.targets(["ledger", "payments"])
    modules = [
        "marketplace.ledger.rules",
        "marketplace.payments.billing_parties.rules",
        "marketplace.payments.refund_reasons.rules",
        "marketplace.payments.rules",
    ]
    assert [target.module for target in found] == modules
    beside = [f"tests/payments/test_rules{rest}.py" for rest in ("", "_in_full", "_of_refusals", "_of_tax")]
    of_all_rules = [f"{test}[marketplace.payments.rules]" for test in mutants.OF_ALL_RULES]
    assert list(found[3].tests) == [*beside, *of_all_rules]


def test_the_rules_of_a_room_are_targets_too():
    found = {target.module: target.tests for target in mutants.targets(["bookings"])}
    assert {"marketplace.bookings.rules", "marketplace.bookings.reschedules.rules"} <= set(found)
    assert "tests/bookings/test_rules.py" in found["marketplace.bookings.earnings.rules"]
    assert found["marketplace.bookings.waitlist_entries.rules"][0] == "tests/waitlist/test_rules.py"
    assert not any("/bookings/" in test for test in found["marketplace.bookings.waitlist_entries.rules"])
