"""`make chaos-proof`: defects built into a copy of the source have to be found by name."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devtools import env
from devtools.chaos.system import KEEPS_RUNNING

# What a copy needs in order to run.
COPIED = ("marketplace", "stripe_sandbox", "devtools", "migrations", "wsgi.py", "alembic.ini")


class DoesNotApply(Exception):
    """The source is not as the sabotage expects it: one or the other has to be changed."""


@dataclass(frozen=True)
class Change:
    """In one file, a passage that stands there exactly once becomes another."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Sabotage:
    """What is spoilt, how, what people do meanwhile, and the invariants of which one at least has to name it."""

    title: str
    changes: tuple[Change, ...]
    about: str
    operations: int
    named: tuple[str, ...]


SABOTAGES = (
    Sabotage(
        "an event takes effect without a lock on its rows",
        (
            # The event's own row, then what it changes: the payment, the sessions that it pays and their coach.
            Change(
                "marketplace/stripe_inbox/queries.py",
                "return session().get(StripeEvent, event_id, with_for_update=True, populate_existing=True)",
                "return session().get(StripeEvent, event_id, populate_existing=True)",
            ),
            Change(
                "marketplace/payments/queries.py",
                "chosen = select(Payment).where(Payment.id == uuid.UUID(str(payment_id))).with_for_update()",
                "chosen = select(Payment).where(Payment.id == uuid.UUID(str(payment_id)))",
            ),
            Change(
                "marketplace/bookings/queries.py",
                "    _lock_coaches_where(Booking.payment_id == payment_id)\n"
                "    return _locked(Booking.payment_id == payment_id)",
                "    return of_payment(payment_id)",
            ),
        ),
        "events",
        120,
        ("every_event_is_handled_once",),
    ),
    Sabotage(
        "the idempotency key of a refund is random",
        (
            Change(
                "marketplace/payments/stripe_gateway/checkouts.py",
                'options={"idempotency_key": f"refund:{refund_id}{tried_before}"}',
                'options={"idempotency_key": f"refund:{uuid.uuid4()}"}',
            ),
        ),
        "refunds",
        32,
        ("one_refund_for_each_intention", "differences"),
    ),
    Sabotage(
        "a hold does not lapse",
        (
            Change(
                "marketplace/bookings/holds/expiry.py",
                "if b.status == rules.HELD and b.hold_expires_at <= clock.now()]",
                "if b.status == rules.HELD and b.hold_expires_at is None]",
            ),
        ),
        "holds",
        40,
        ("no_stray_holds",),
    ),
    Sabotage(
        "a quote may be paid twice: what was read of it before its lock is believed",
        (
            Change(
                "marketplace/asks/quotes/service.py",
                "    ask = asks.locked(seen.ask_id)\n    found = queries.locked(quote_id)\n",
                "    ask = asks.locked(seen.ask_id)\n    found = seen\n",
            ),
        ),
        "quotes",
        16,
        ("a_quote_is_paid_once",),
    ),
    Sabotage(
        "the worker does not look for a database that has gone",
        (
            Change(
                "marketplace/job_runner.py",
                "self._raise_unless_lost(error)\n            if self._stopping:\n                break\n",
                "self._raise_unless_lost(error)\n            break\n",
            ),
        ),
        "restarts",
        16,
        (KEEPS_RUNNING,),
    ),
)


def apply(sabotage: Sabotage, root: Path) -> None:
    """Spoil the source in `root`; raises DoesNotApply."""
    for change in sabotage.changes:
        file = root / change.file
        source = file.read_text()
        if source.count(change.before) != 1:
            raise DoesNotApply(f"{change.file} has not exactly once: {change.before}")
        file.write_text(source.replace(change.before, change.after))


@contextmanager
def copy(root: Path = env.ROOT) -> Iterator[Path]:
    """The source in a folder of its own, which goes afterwards; the working tree is never touched."""
    with tempfile.TemporaryDirectory(prefix="fairhour-proof-") as folder:
        target = Path(folder).resolve()
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(root / name, target / name)
        yield target


def prove(sabotage: Sabotage | None, about: str, operations: int) -> tuple[bool, list[str]]:
    """Run chaos on a copy, spoilt or not: whether all was well, and the lines that it ended with."""
    with copy() as root:
        if sabotage is not None:
            apply(sabotage, root)
        command = [sys.executable, "-W", "ignore", "-m", "devtools.chaos", "--operations", str(operations)]
        done = subprocess.run(
            [*command, "--seed", "1", "--about", about, "--discard"],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    return done.returncode == 0, done.stdout.splitlines()


def broken(lines: list[str]) -> list[str]:
    """What a run named as broken, by its own lines."""
    start = lines.index("BROKEN") if "BROKEN" in lines else len(lines)
    return [line.strip() for line in lines[start + 1 :] if ": " in line and line.startswith("  ") and line[2] != " "]


def _noticed(sabotage: Sabotage) -> bool:
    print(f"\n{sabotage.title}", flush=True)
    began = time.monotonic()
    well, lines = prove(sabotage, sabotage.about, sabotage.operations)
    found = broken(lines)
    named = not well and any(line.startswith(name) for line in found for name in sabotage.named)
    for line in found:
        print(f"  {line}", flush=True)
    print(f"  {'noticed' if named else 'NOT NOTICED'} after {time.monotonic() - began:.0f} seconds", flush=True)
    if not named:
        print("\n".join(f"  | {line}" for line in lines[-30:]), flush=True)
    return named


def main() -> int:
    """Each sabotage has to be noticed, and the same without it has to be well; 1 otherwise."""
    results: dict[str, bool] = {}
    print("Without sabotage", flush=True)
    for about, operations in {sabotage.about: sabotage.operations for sabotage in SABOTAGES}.items():
        well, lines = prove(None, about, operations)
        print(f"  {about}: {'all is well' if well else 'NOT WELL'}", flush=True)
        if not well:
            print("\n".join(f"  | {line}" for line in lines[-30:]), flush=True)
        results[f"{about} without sabotage"] = well
    for sabotage in SABOTAGES:
        try:
            results[sabotage.title] = _noticed(sabotage)
        except DoesNotApply as reason:
            print(f"  {reason}", flush=True)
            results[sabotage.title] = False
    print(json.dumps(results), flush=True)
    return int(not all(results.values()))


if __name__ == "__main__":
    sys.exit(main())
