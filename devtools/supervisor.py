"""Run several programs as one, on one terminal; all stop when one ends or a signal says so."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PATIENCE_SECONDS = 15
PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLOURS = (36, 33, 32, 35, 34)


@dataclass(frozen=True)
class Part:
    """One program, by the name that its lines are printed under."""

    name: str
    command: Sequence[str]


@dataclass
class Running:
    """A part that was started, in a process group of its own."""

    part: Part
    process: asyncio.subprocess.Process
    output: asyncio.Task[None]

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to the part and to whatever it has started itself."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def say(line: str) -> None:
    """Print a line; a terminal that was closed is no reason to leave programs running."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


async def together(
    parts: Sequence[Part], environ: Mapping[str, str], when_started: Callable[[], Coroutine[Any, Any, None]]
) -> str | None:
    """Run `parts` until a signal or until one of them ends; None, or a sentence on what went wrong.

    They are stopped in the reverse order of their start, each before the next; one that does not stop in time is
    killed with everything it has started. `when_started` runs beside them and may raise to stop everything.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    width = max(len(part.name) for part in parts)
    started: list[Running] = []
    asked, greeting = asyncio.create_task(stop.wait()), asyncio.create_task(when_started())
    try:
        for place, part in enumerate(parts):
            started.append(await _start(part, environ, _prefix(part.name, width, place)))
        ends = {asyncio.create_task(one.process.wait()): one for one in started}
        waiting = {asked, greeting, *ends}
        while True:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if asked in done:
                return None
            for task, one in ends.items():
                if task in done:
                    return f"{one.part.name} ended by itself with status {one.process.returncode}."
            if greeting in done and (failure := greeting.exception()) is not None:
                return str(failure)
    finally:
        greeting.cancel()
        for one in reversed(started):
            await _stop(one)


async def _start(part: Part, environ: Mapping[str, str], prefix: str) -> Running:
    process = await asyncio.create_subprocess_exec(
        *part.command,
        env=dict(environ),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        limit=1_000_000,
    )
    return Running(part, process, asyncio.create_task(_relay(process, prefix)))


def _end_with_parent() -> None:
    """Have the kernel stop this program when ours is killed without a chance to do it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


async def _relay(process: asyncio.subprocess.Process, prefix: str) -> None:
    assert process.stdout is not None
    while not process.stdout.at_eof():
        try:
            line = await process.stdout.readline()
        except ValueError:
            line = b"(a line too long to print)"
        if line:
            say(prefix + line.decode(errors="replace").rstrip("\n"))


async def _stop(one: Running) -> None:
    one.signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(one.process.wait(), PATIENCE_SECONDS)
    except TimeoutError:
        say(f"{one.part.name} did not stop in {PATIENCE_SECONDS} seconds and is killed.")
    # What the part has started and left behind is in its group still.
    one.signal(signal.SIGKILL)
    await one.process.wait()
    await asyncio.wait([one.output], timeout=1)


def _prefix(name: str, width: int, place: int) -> str:
    plain = f"{name:<{width}} | "
    return f"\033[{COLOURS[place % len(COLOURS)]}m{plain}\033[0m" if sys.stdout.isatty() else plain
