"""The sabotages of the proof: each applies to the source as it is, in a copy, and changes nothing else."""

import shutil
from pathlib import Path

import pytest

from devtools import env
from devtools.chaos import proof
from devtools.chaos.ask_invariants import ASK_INVARIANTS
from devtools.chaos.invariants import INVARIANTS
from devtools.chaos.plan import NARROW
from devtools.chaos.system import KEEPS_RUNNING

RUN_THAT_BROKE = """
Came to rest in 3 seconds, 9 in all.

BROKEN
  no_stray_holds: 2 found
    01a2 · held · since · 2026-11-25: early
    01a3 · held
  stuck_jobs: 1 found
    7 · send_refund · failed
{"operations": 1}
""".splitlines()


def touched(sabotage: proof.Sabotage, folder: Path) -> Path:
    """Copies of the files that it changes."""
    for change in sabotage.changes:
        target = folder / change.file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(env.ROOT / change.file, target)
    return folder


@pytest.mark.parametrize("sabotage", proof.SABOTAGES, ids=lambda sabotage: sabotage.about)
def test_each_applies_to_the_source_as_it_stands_and_python_still_reads_it(sabotage, tmp_path):
    root = touched(sabotage, tmp_path)
    proof.apply(sabotage, root)
    for change in sabotage.changes:
        spoilt = (root / change.file).read_text()
        assert spoilt != (env.ROOT / change.file).read_text()
        compile(spoilt, change.file, "exec")


@pytest.mark.parametrize("sabotage", proof.SABOTAGES, ids=lambda sabotage: sabotage.about)
def test_one_that_was_applied_already_no_longer_applies(sabotage, tmp_path):
    root = touched(sabotage, tmp_path)
    proof.apply(sabotage, root)
    with pytest.raises(proof.DoesNotApply):
        proof.apply(sabotage, root)


def test_each_is_looked_for_by_a_plan_and_a_check_that_there_are():
    for sabotage in proof.SABOTAGES:
        assert sabotage.about in NARROW
        assert set(sabotage.named) <= {*INVARIANTS, *ASK_INVARIANTS, KEEPS_RUNNING}


def test_what_a_run_named_is_read_from_its_lines():
    assert proof.broken(RUN_THAT_BROKE) == ["no_stray_holds: 2 found", "stuck_jobs: 1 found"]
    assert proof.broken(["Everything agrees.", "{}"]) == []
