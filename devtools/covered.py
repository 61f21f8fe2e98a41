"""Refuse a coverage that fell: lines and branches each; of the domains of money, any at all."""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coverage import Coverage, CoverageData

from devtools import marks

PACKAGE = "marketplace"
# Where each process of the tests leaves its note, below the folder in which it runs.
NOTES = Path("instance") / "measured"
# Every line and every branch of these is run by some test.
DOMAINS_OF_MONEY = ("payments", "ledger", "payouts", "stripe_inbox", "reconciliation", "bookings")


def main() -> int:
    """Print what is missing and how much is covered; 1 below the `fail_under` of pyproject.toml, or where a domain of
    money has something that no test runs."""
    coverage = Coverage()
    _told(coverage).write()
    coverage.load()
    coverage.report(file=sys.stdout)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(file))
        told = json.loads(file.read_text())
    totals = told["totals"]
    covered = {"lines": totals["percent_statements_covered"], "branches": totals["percent_branches_covered"]}
    print(f"Covered: {', '.join(f'{percent:.1f} % of {what}' for what, percent in covered.items())}.")
    least = coverage.config.fail_under
    fallen = [what for what, percent in covered.items() if percent < least]
    if fallen:
        print(f"At least {least:g} % is asked of {' and of '.join(fallen)}.")
    gaps = [gap for domain in DOMAINS_OF_MONEY for gap in _gaps(domain, told["files"])]
    for gap in gaps:
        print(gap)
    if gaps:
        print(f"All of {', '.join(DOMAINS_OF_MONEY)} is to be run by some test.")
    return int(bool(fallen or gaps))


def forget() -> None:
    """Forget what was measured before."""
    shutil.rmtree(NOTES, ignore_errors=True)


def _told(coverage: Coverage) -> CoverageData:
    """What the processes of the tests noted, as coverage keeps it; also of modules that nobody imported."""
    notes = [json.loads(note.read_text()) for note in NOTES.glob("*.json")]
    exclude = "|".join(f"(?:{pattern})" for pattern in coverage.get_exclude_list("exclude"))
    traced = {}
    for module in Path(PACKAGE).resolve().rglob("*.py"):
        _, placed = marks.marked(module.read_bytes(), str(module))
        seen = {number for note in notes for number in note.get(str(module), ())}
        traced[str(module)] = marks.arcs(module.read_text(), exclude, [placed[number] for number in seen])
    data = CoverageData()
    data.erase()
    data.add_arcs(traced)
    data.touch_files(traced)
    return data


def _gaps(domain: str, files: Mapping[str, Any]) -> Iterator[str]:
    """What no test runs of a domain, as sentences; also that nothing of it was measured."""
    folder = Path(PACKAGE) / domain
    measured = {name: file for name, file in files.items() if folder in Path(name).parents}
    if not measured:
        yield f"{folder} was not measured."
    for name, file in measured.items():
        yield from (f"{name}:{line} is never run." for line in file["missing_lines"])
        # A branch into a line that is never run was named by that line. Below zero is the way out of what begins there.
        ways = [(at, to) for at, to in file["missing_branches"] if to not in file["missing_lines"]]
        yield from (f"{name}:{at} never goes on {'to the end' if to < 0 else f'to {to}'}." for at, to in ways)


if __name__ == "__main__":
    sys.exit(main())
