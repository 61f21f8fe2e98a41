"""Durations side by side: interleaved, so that a noisy moment falls on all of them."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


def interleaved(works: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Each work once a round, in turn; what each says it took, in milliseconds."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(work())
    return found


def elapsed(work: Callable[[], Any]) -> float:
    """How long it took, in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def median(times: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(times)


def p95(times: Sequence[float]) -> float:
    """What nineteen of twenty stay below."""
    return sorted(times)[max(0, int(len(times) * 0.95) - 1)]


class Statements:
    """What was asked of the database while `noted`: how often, and how long it took, in milliseconds."""

    def __init__(self) -> None:
        self.count = 0
        self.ms = 0.0
        self.said: list[tuple[str, Any]] = []


@contextmanager
def noted(engine: Engine) -> Iterator[Statements]:
    """Time every statement of this block, from its sending to the arrival of its rows."""
    statements = Statements()

    def before(connection: Any, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        connection.info["bench_began"] = time.perf_counter()
        statements.said.append((statement, parameters))

    def after(connection: Any, *_: Any) -> None:
        statements.ms += (time.perf_counter() - connection.info["bench_began"]) * 1000
        statements.count += 1

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def table(rows: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Names with the median and p95 of their durations, in milliseconds."""
    width = max(len(name) for name, _ in rows)
    head = f"{'':{width}}  {'median':>9}  {'p95':>9}"
    return "\n".join([head, *(f"{name:{width}}  {median(ms):8.2f}   {p95(ms):8.2f} ms" for name, ms in rows)])
