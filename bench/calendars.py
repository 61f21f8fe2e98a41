"""`make bench-calendars`: what reading two megabytes of each attack kind costs; the goal is 2 s and 200 MB.

Seconds are the processor's; a machine that is busy otherwise makes them up to twice as many.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.calendar_attacks import ATTACKS, calendar
from marketplace.calendars.service.imports import MOST_EVENTS
from marketplace.child_process import ROOT

# The program of the worker, which says at its end what it took.
PROGRAM = """
import resource, sys
from marketplace.calendars.rules import expansion
expansion.main()
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
sys.stderr.write(f"{used.ru_utime + used.ru_stime} {peak}")
"""


@dataclass(frozen=True)
class Reading:
    """What reading a calendar took: seconds of processor, megabytes; none where the program's limits ended it."""

    what: str
    seconds: float | None
    mb: float | None

    def told(self) -> str:
        """A line of the table."""
        if self.seconds is None:
            return f"{self.what:30}  ended by its limits"
        return f"{self.what:30}  {self.seconds:6.2f} s  {self.mb:5.0f} MB"


def main() -> None:
    """Read each kind; print what it took, and one line of JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("kinds", nargs="*", help="only these")
    kinds = options.parse_args().kinds or list(ATTACKS)
    readings = []
    for what in kinds:
        readings.append(reading(what))
        print(readings[-1].told(), flush=True)
    ended = [one.what for one in readings if one.seconds is None]
    print(json.dumps({
        "worst_calendar_seconds": max((round(one.seconds, 2) for one in readings if one.seconds), default=None),
        "worst_calendar_mb": max((round(one.mb) for one in readings if one.mb), default=None),
        "ended": ended,
    }))  # fmt: skip


def reading(what: str) -> Reading:
    """One kind, read by a process of its own."""
    start = datetime.now(UTC)
    asked = {"zone": "UTC", "start": start.isoformat(), "end": (start + timedelta(days=400)).isoformat()}
    question = json.dumps(asked | {"most": MOST_EVENTS}).encode() + b"\n" + calendar(ATTACKS[what]())
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", PROGRAM], input=question, capture_output=True, cwd=ROOT, check=False
    )
    if done.returncode:
        return Reading(what, None, None)
    seconds, kilobytes = done.stderr.split()[-2:]
    return Reading(what, float(seconds), int(kilobytes) / 1024)


if __name__ == "__main__":
    main()
