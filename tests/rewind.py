"""What fixtures made is kept and given again, so that the tests of a module share the scenes that they begin with.

Fixtures are written as ever: for one test alone. Where a later test of the module begins with the same fixtures, the
state after the last one that both ask for is kept: a savepoint of the database, the Stripe sandbox, the clock, the
mails, and copies of what the fixtures returned. The later test starts from there, as if they had run for it.

Kept cannot be what a fixture makes that cleans up behind itself (`yield`), asks pytest about its test, builds on
another such, or returns what cannot be copied. Such a fixture runs for each test, and so does what comes after it.
What can be kept is asked for in the order of its definition, so that tests with other arguments share it too.
"""

import inspect
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.python import DirectParamFixtureDef
from sqlalchemy import Connection

from marketplace.db import db, session
from tests.copies import CannotBeCopied, Copies

# What a fixture may read of its request is its parameter.
ABOUT_THE_TEST = {"addfinalizer", "applymarker", "cls", "function", "getfixturevalue", "instance", "keywords", "node"}
# What stands around every test, and pytest's own.
AROUND = {"isolated", "known_time", "request"}
Fixture = pytest.FixtureDef[Any]
STATEMENTS_PREPARED = 2000


@dataclass(frozen=True)
class Step:
    """One fixture of a test, in the order in which pytest runs them; equal where it would do the same again."""

    key: int
    fixture: Fixture = field(compare=False)
    parameter: Any = field(compare=False)
    builds_on: list[Fixture] = field(compare=False)


@dataclass(frozen=True)
class Kept:
    """The state after `steps`."""

    steps: list[Step]
    savepoint: str
    bring_back: Callable[[], None]
    values: Copies


class Rewind:
    """A plugin of pytest: the transaction around the tests of a module, and what is kept inside it."""

    def __init__(self) -> None:
        self._plans: dict[pytest.Item, list[Step]] = {}
        self._keys: dict[Any, int] = {}
        self._unkeepable: set[Fixture] = set()
        self._shared: dict[int, Any] = {}
        self._modules: dict[Any, list[pytest.Item]] = defaultdict(list)
        self._module: Any = None
        self._connection: Connection | None = None
        self._kept: list[Kept] = []
        self._ahead: list[Step] = []
        self._done: list[Any] = []
        self._wanted: set[int] = set()
        self._world: Callable[[], Callable[[], None]] | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Bring the tests of a module that begin alike together, else in the order in which they stand."""
        order: dict[Any, int] = {}

        def place(item: pytest.Item) -> list[int]:
            begins: list[Any] = [_module(item), *(step.key for step in self._plan(item))]
            return [order.setdefault(tuple(begins[: n + 1]), len(order)) for n in range(len(begins))]

        items.sort(key=place)
        for item in items:
            self._modules[_module(item)].append(item)
        # One that takes minutes is begun first, not when everybody else is done: what is many is quick.
        items.sort(key=lambda item: len(self._modules[_module(item)]) if item.get_closest_marker("slow") else math.inf)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Fixture) -> Any:
        """Note what a fixture made, and keep the state where a later test wants it."""
        value = yield
        if fixturedef.scope != "function":
            self._shared[id(value)] = value
        elif _is_ours(fixturedef) and fixturedef.argname not in AROUND:
            self._made(fixturedef, value)
        return value

    @contextmanager
    def around(self, request: Any, world: Callable[[], Callable[[], None]]) -> Iterator[list[str]]:
        """Bind every session to one connection, where commits are savepoints; begin with what is kept for this test.

        Gives the names of the fixtures that are to be asked for first.

        `world` reads all state that is not in the database, and answers how to bring it back.
        """
        item = request.node
        if _module(item) is not self._module:
            self.end()
            self._module = _module(item)
        self._world = world
        self._ahead = steps = self._plan(item)
        siblings = self._modules[self._module]
        later = siblings[siblings.index(item) + 1 :]
        self._wanted = {_alike(steps, self._plan(other)) for other in later}
        while self._kept and self._kept[-1].steps != steps[: len(self._kept[-1].steps)]:
            self._kept.pop()
        maker = db.sessionmaker
        usual = dict(maker.kw)
        connection = self._rolled_back()
        maker.configure(bind=connection, binds=None, join_transaction_mode="create_savepoint")
        try:
            if session().bind is not connection:
                raise RuntimeError("a session from before the transaction: what a test commits would stay")
            self._done = self._brought_back()
            yield [step.fixture.argname for step in steps]
        finally:
            for step in steps:
                # pytest clears up only behind those that it ran itself.
                step.fixture.finish(request)
            self._ahead = []
            db.session.close()
            maker.kw.clear()
            maker.kw.update(usual)
            if not self._kept:
                self.end()

    def end(self) -> None:
        """Forget what is kept."""
        self._kept.clear()
        self._module = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rolled_back(self) -> Connection:
        """The connection, where the last state that is kept was kept."""
        if self._kept:
            assert self._connection is not None
            self._connection.exec_driver_sql(f"rollback to savepoint {self._kept[-1].savepoint}")
        else:
            if self._connection is None:
                self._connection = db.engine.connect()
                _remember_prepared(self._connection)
                _plain_savepoints(self._connection)
            self._connection.rollback()
            self._connection.begin()
        return self._connection

    def _brought_back(self) -> list[Any]:
        """What the fixtures that need not run again returned."""
        if not self._kept:
            return []
        kept = self._kept[-1]
        kept.bring_back()
        values: list[Any] = kept.values.make()
        for step, value in zip(kept.steps, values, strict=True):
            step.fixture.cached_result = (value, step.parameter, None)
        return values

    def _made(self, fixture: Fixture, value: Any) -> None:
        done = len(self._done)
        if done >= len(self._ahead):
            return
        if self._ahead[done].fixture is not fixture:
            # Somebody asked for a fixture by name: from here on nobody knows what comes.
            del self._ahead[done:]
            return
        self._done.append(value)
        if done + 1 in self._wanted:
            self._keep()

    def _keep(self) -> None:
        assert self._connection is not None
        assert self._world is not None
        session().commit()
        try:
            values = Copies(self._done, self._shared)
        except CannotBeCopied:
            self._unkeepable.update(self._uncopied())
            self._plans.clear()
            self._ahead, self._wanted = [], set()
            return
        steps = self._ahead[: len(self._done)]
        savepoint = f"kept_{len(steps)}"
        self._connection.exec_driver_sql(f"savepoint {savepoint}")
        self._kept.append(Kept(steps, savepoint, self._world(), values))

    def _uncopied(self) -> Iterator[Fixture]:
        for step, value in zip(self._ahead, self._done, strict=False):
            try:
                Copies(value, self._shared)
            except CannotBeCopied:
                yield step.fixture

    def _plan(self, item: pytest.Item) -> list[Step]:
        """The fixtures of a test that can be kept, up to the first that cannot."""
        if item not in self._plans:
            plan = _Plan(item, self._keys, self._unkeepable)
            self._plans[item] = plan.steps()
        return list(self._plans[item])


class _Plan:
    """Goes through a test's fixtures as pytest does, each one's own first, until one cannot be kept."""

    def __init__(self, item: Any, keys: dict[Any, int], unkeepable: set[Fixture]) -> None:
        self._given = item.callspec.params if hasattr(item, "callspec") else {}
        self._fixtures = item._fixtureinfo.name2fixturedefs
        self._keys = keys
        self._unkeepable = unkeepable
        self._seen: dict[Fixture, int | None] = {}
        self._found: dict[Fixture, Step] = {}
        with suppress(_CannotBeKept):
            for name in item.fixturenames:
                self._visit(name)

    def steps(self) -> list[Step]:
        """What can be kept in the order of its definition, conftest.py first, but each after what it builds on."""
        ordered: dict[Fixture, Step] = {}

        def add(fixture: Fixture) -> None:
            for on in self._found[fixture].builds_on:
                add(on)
            ordered.setdefault(fixture, self._found[fixture])

        for fixture in sorted(self._found, key=_definition):
            add(fixture)
        return list(ordered.values())

    def _visit(self, name: str, above: int = 1) -> int | None:
        """What makes this fixture's outcome what it is, as a number; None where it differs from test to test."""
        if name in AROUND:
            return None
        fixture = self._fixtures[name][-above]
        if fixture not in self._seen:
            parts = [self._visit(other, above + 1 if other == name else 1) for other in fixture.argnames]
            self._seen[fixture] = self._key(name, fixture, parts)
        return self._seen[fixture]

    def _key(self, name: str, fixture: Fixture, parts: list[int | None]) -> int | None:
        parameter = self._given.get(name)
        key = self._keys.setdefault((fixture.func, id(parameter), *parts), len(self._keys))
        if fixture.scope != "function" or isinstance(fixture, DirectParamFixtureDef):
            return key
        if not _is_ours(fixture):
            return None
        known = [part for argument, part in zip(fixture.argnames, parts, strict=True) if argument != "request"]
        if None in known or inspect.isgeneratorfunction(fixture.func) or fixture in self._unkeepable:
            raise _CannotBeKept
        if "request" in fixture.argnames and ABOUT_THE_TEST & set(fixture.func.__code__.co_names):
            raise _CannotBeKept
        on = [found for found in self._found if found.argname in fixture.argnames]
        self._found[fixture] = Step(key, fixture, parameter, on)
        return key


def _remember_prepared(connection: Connection) -> None:
    """Let psycopg use what PostgreSQL has prepared after a ROLLBACK too: here one follows upon each test.

    It would have it forget everything, in case a table that was made is gone; here none is made.
    """
    driver: Any = connection.connection.driver_connection
    driver.prepared_max = STATEMENTS_PREPARED
    driver._prepared.clear = lambda: False


def _plain_savepoints(connection: Connection) -> None:
    """Write savepoints as text: SQLAlchemy compiles each anew, and here every commit is one."""
    dialect: Any = connection.dialect
    dialect.do_savepoint = lambda on, name: on.exec_driver_sql(f"SAVEPOINT {name}")
    dialect.do_release_savepoint = lambda on, name: on.exec_driver_sql(f"RELEASE SAVEPOINT {name}")
    dialect.do_rollback_to_savepoint = lambda on, name: on.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {name}")


class _CannotBeKept(Exception):
    """Nor can what comes after it."""


def _alike(steps: list[Step], others: list[Step]) -> int:
    """With how many steps both begin."""
    return next(
        (n for n, (one, other) in enumerate(zip(steps, others, strict=False)) if one != other),
        min(len(steps), len(others)),
    )


def _module(item: pytest.Item) -> Any:
    return getattr(item, "module", None)


def _is_ours(fixture: Fixture) -> bool:
    return str(fixture.func.__module__).startswith("tests.")


def _definition(fixture: Fixture) -> tuple[int, str, int]:
    code = fixture.func.__code__
    return len(Path(code.co_filename).parts), code.co_filename, code.co_firstlineno
