"""`make chaos N=… SEED=…`: random operations under faults; the last line sums up in JSON."""

import argparse
import json
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from devtools import env
from devtools.chaos import plan
from devtools.chaos.run import Outcome, run
from devtools.chaos.system import MAILBOX, STRIPE, WEB, WORKER

LAST_LINES = 200


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 where anything is broken."""
    parser = argparse.ArgumentParser(prog="python -m devtools.chaos", description=__doc__)
    parser.add_argument("--operations", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, help="the same seed plans the same operations and faults (default: any)")
    parser.add_argument("--about", choices=sorted(plan.NARROW), help="look at one thing alone")
    parser.add_argument("--discard", action="store_true", help="keep no logs, whatever breaks")
    options = parser.parse_args(arguments)
    env.refuse_production(env.given())
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    folder = Path(tempfile.mkdtemp(prefix="fairhour-chaos-")).resolve()
    say(f"Chaos: {options.operations} operations, seed {seed}. SEED={seed} plans the same again.")
    began = time.monotonic()
    try:
        drawn = plan.draw(options.operations, seed, options.about)
        outcome = run(drawn, folder, say, seed=seed, about=options.about)
    except BaseException:
        say(f"It broke off; what every part printed is in {_kept(folder)}")
        raise
    _report(outcome, time.monotonic() - began)
    summary = outcome.summary()
    broken = any(count for name, count in summary.items() if name not in {"operations", "faults"})
    if broken and not options.discard:
        say(f"\nThe last lines of every part, and all that they printed: {_kept(folder)}")
    else:
        shutil.rmtree(folder)
    print(json.dumps(summary), flush=True)
    return int(broken)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _report(outcome: Outcome, seconds: float) -> None:
    say("\nOperations")
    for what, count in sorted(outcome.done.items()):
        say(f"  {count:>6}  {what}")
    say("Faults")
    for what, count in sorted(outcome.faults.items()):
        say(f"  {count:>6}  {what}")
    say(f"At rest {outcome.rested_seconds:.0f} seconds after the last fault.")
    say(f"Everything came to its end in {outcome.settled_seconds:.0f} seconds, {seconds:.0f} in all.")
    if outcome.findings:
        say("\nBROKEN")
        for finding in outcome.findings:
            say(f"  {finding.spoken()}")
    else:
        say("Everything agrees.")


def _kept(folder: Path) -> Path:
    """The folder, with the last lines of each part in one file beside what they printed."""
    with (folder / "last-lines.txt").open("w") as last:
        for name in (WEB, WORKER, STRIPE, MAILBOX):
            log = folder / f"{name}.log"
            if log.exists():
                lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
                last.write(f"== {name}\n" + "\n".join(lines) + "\n\n")
    return folder


if __name__ == "__main__":
    sys.exit(main())
