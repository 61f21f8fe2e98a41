"""A plugin that measures what tests run of `marketplace`: `PYTEST_PLUGINS=devtools.measured`.

Measured is what pytest's own processes run, not what a test starts beside them. `devtools.covered` reads what each of
them writes at its end. Given by `-p`, the processes of pytest-xdist would import it only after conftest.py.
"""

import builtins
import json
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

import pytest

from devtools import marks
from devtools.covered import NOTES, PACKAGE


class Measurement:
    """Gives the modules of the package, when they are imported, their marks."""

    def __init__(self) -> None:
        self.ran: list[bool] = []
        self._modules: dict[str, range] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module is found, if it is one of ours; called by Python at each import."""
        if name.partition(".")[0] != PACKAGE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(self, name, spec.loader.path)
        return spec

    def code(self, source: bytes, path: str) -> CodeType:
        """A module's code with its marks: the same ones where it is imported once more."""
        again = self._modules.get(path)
        first = again.start if again else len(self.ran)
        code, placed = marks.marked(source, path, first)
        if not again:
            self._modules[path] = range(first, first + len(placed))
            self.ran.extend([False] * len(placed))
        return code

    def pytest_sessionfinish(self) -> None:
        """Note the marks that the program came by, of each module, numbered within it."""
        note = {
            path: [n for n, number in enumerate(numbers) if self.ran[number]] for path, numbers in self._modules.items()
        }
        NOTES.mkdir(parents=True, exist_ok=True)
        (NOTES / f"{os.getpid()}.json").write_text(json.dumps(note))


class _Loader(SourceFileLoader):
    def __init__(self, measurement: Measurement, name: str, path: str) -> None:
        super().__init__(name, path)
        self._measurement = measurement

    def get_code(self, fullname: str) -> CodeType:
        """Compiled each time: what Python keeps in __pycache__ has no marks."""
        path = self.get_filename(fullname)
        return self._measurement.code(self.get_data(path), path)


def begin() -> Measurement:
    """Measure what is imported from now on. What was imported before could only be told to be run by nobody."""
    if PACKAGE in sys.modules:
        raise RuntimeError(f"{PACKAGE} was imported before it could be measured.")
    measurement = Measurement()
    setattr(builtins, marks.NAME, measurement.ran)
    sys.meta_path.insert(0, measurement)
    return measurement


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin before any conftest.py is imported."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        # What the tests start from here is not measured.
        del os.environ["PYTEST_PLUGINS"]
    early_config.pluginmanager.register(begin())
