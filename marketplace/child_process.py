"""A process of its own for what strangers sent: no secrets, limited in time and memory."""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

# The folder of this package, under whose name the child finds the same one.
ROOT = Path(__file__).resolve().parents[1]


class ChildStopped(Exception):
    """The child was stopped at its limits, or broke."""


def command(module: str) -> tuple[str, ...]:
    """How the child begins that runs a module of ours."""
    return (sys.executable, "-X", "utf8", "-m", module)


def answer(command: Sequence[str], asked: Mapping[str, Any], data: bytes, *, patience_seconds: float) -> bytes:
    """What a child writes that is given a line of JSON and the data below it; raises ChildStopped.

    It gets nothing of our environment. Its patience is longer than the processor time that it gives itself: the
    machine may have other things to do.
    """
    question = json.dumps(asked).encode() + b"\n" + data
    try:
        child = subprocess.run(
            command, input=question, capture_output=True, cwd=ROOT, env={}, timeout=patience_seconds, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise ChildStopped from error
    return child.stdout


def limit_this(*, cpu_seconds: int, memory_bytes: int) -> None:
    """Called by the child first: bound its processor time and memory; no core is left of what crashes."""
    limits = ((resource.RLIMIT_CPU, cpu_seconds), (resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0))
    for kind, most in limits:
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
