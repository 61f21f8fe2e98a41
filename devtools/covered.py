"""Refuse a coverage that fell: lines and branches each, so that the many cannot hide the few."""

import json
import sys
import tempfile
from pathlib import Path

from coverage import Coverage


def main() -> int:
    """Print what is missing and how much is covered; 1 below the `fail_under` of pyproject.toml."""
    coverage = Coverage()
    coverage.load()
    coverage.report(file=sys.stdout)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(file))
        totals = json.loads(file.read_text())["totals"]
    covered = {"lines": totals["percent_statements_covered"], "branches": totals["percent_branches_covered"]}
    print(f"Covered: {', '.join(f'{percent:.1f} % of {what}' for what, percent in covered.items())}.")
    least = coverage.config.fail_under
    fallen = [what for what, percent in covered.items() if percent < least]
    if fallen:
        print(f"At least {least:g} % is asked of {' and of '.join(fallen)}.")
    return int(bool(fallen))


if __name__ == "__main__":
    sys.exit(main())
