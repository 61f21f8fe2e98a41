"""Copies of what fixtures returned: rows of the session, functions that close over them, browsers; all at once."""

import io
import pickle
from collections.abc import Mapping
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

from sqlalchemy import inspect

from marketplace.db import session

NEVER_COPIED = (type, CodeType, ModuleType)


class CannotBeCopied(Exception):
    """Something in it is a file, a thread, a generator or alike."""


class Copies:
    """Values as they are at this moment. What two of them share, their copies share.

    `shared` maps the identity of what lives longer than a test to itself: that is never copied. What stands in a file
    by its own name (a class, a function, a module) is not copied either.
    """

    def __init__(self, values: Any, shared: Mapping[int, Any]) -> None:
        self._kept: list[Any] = []
        file = io.BytesIO()
        pickler = _Pickler(file, shared, self._kept)
        try:
            pickler.dump(values)
            pickler.dump([row for row in pickler.rows if inspect(row).persistent])
        except Exception as refusal:
            raise CannotBeCopied(str(refusal)) from refusal
        self._bytes = file.getvalue()

    def make(self) -> Any:
        """New copies; their rows belong to the present session."""
        unpickler = _Unpickler(io.BytesIO(self._bytes), self._kept)
        values, rows = unpickler.load(), unpickler.load()
        session().add_all(rows)
        return values


class _Itself:
    """Says that its thing is not to be copied."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, shared: Mapping[int, Any], kept: list[Any]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._shared = shared
        self._kept = kept
        self.rows: list[Any] = []

    def persistent_id(self, thing: Any) -> int | None:
        """Where among what was kept the thing itself stands; None where a copy is made."""
        if isinstance(thing, _Itself):
            thing = thing.thing
        elif not (id(thing) in self._shared or isinstance(thing, NEVER_COPIED) or _is_global(thing)):
            if hasattr(type(thing), "_sa_class_manager"):
                self.rows.append(thing)
            return None
        self._kept.append(thing)
        return len(self._kept) - 1

    def reducer_override(self, thing: Any) -> Any:
        """A function made inside another is made anew, over copies of what it closes over."""
        if isinstance(thing, FunctionType):
            defaults = (thing.__defaults__, thing.__kwdefaults__)
            return _function, (_Itself(thing), *defaults, thing.__closure__)
        if isinstance(thing, CellType):
            return CellType, (), thing.cell_contents, None, None, _fill
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, kept: list[Any]) -> None:
        super().__init__(file)
        self._kept = kept

    def persistent_load(self, number: int) -> Any:
        return self._kept[number]


def _is_global(thing: Any) -> bool:
    return isinstance(thing, FunctionType) and "<" not in thing.__qualname__


def _function(pattern: FunctionType, defaults: Any, keywords: Any, closure: Any) -> FunctionType:
    made = FunctionType(pattern.__code__, pattern.__globals__, pattern.__name__, defaults, closure)
    made.__kwdefaults__ = keywords
    return made


def _fill(cell: CellType, contents: Any) -> None:
    cell.cell_contents = contents
