"""Marks in the source of a module, which tell what lines and branches of it were run.

Coverage's own tracer is called for every line of every library. Marks stand in our modules alone; what they tell is put
into coverage's terms, so that what a line and a branch is, what is left out, and every report are coverage's.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType
from typing import Any

from coverage.parser import PythonParser

# It stands beside the built-in functions: found from everywhere, and no module has a name more than it wrote.
NAME = "__ran__"


@dataclass(frozen=True)
class Mark:
    """What it means that the program came by: these lines began, and a condition or loop went on in one of two ways."""

    lines: tuple[int, ...] = ()
    # Into the body of what stands in this line: it begins with the mark's first line.
    into: int | None = None
    # Past the body of what stands in the first line; the second is where the body begins.
    past: tuple[int, int] | None = None


class CannotBeMarked(Exception):
    """The module has a statement whose ways the marks do not know."""


def marked(source: bytes, path: str, first: int = 0) -> tuple[CodeType, list[Mark]]:
    """The module's code, and its marks: coming by the one with number n sets `__ran__[first + n]`.

    Raises CannotBeMarked.
    """
    marker = _Marker(path, first)
    tree = ast.parse(source, path)
    marker.go_through(tree)
    return compile(tree, path, "exec", dont_inherit=True), marker.marks


def arcs(source: str, exclude: str, seen: Iterable[Mark]) -> set[tuple[int, int]]:
    """What coverage would have traced of a module that came by `seen`: pairs of lines, of which each line is the second
    of one. Whence it came matters for branches alone. `exclude` is a pattern of lines that do not count."""
    if not source:
        return set()
    parser = PythonParser(text=source, exclude=exclude)
    parser.parse_source()
    ways = parser.arcs()
    found: set[tuple[int, int]] = set()
    for mark in seen:
        found.update((-1, line) for line in mark.lines)
        if mark.into is not None:
            found.add((mark.into, mark.lines[0]))
        if mark.past is not None:
            start, body = mark.past
            found.update(way for way in ways if way[0] == start and way[1] != body)
    return found


class _Marker:
    """Puts a mark before every statement, and where a condition is not met or a loop is through."""

    def __init__(self, path: str, first: int) -> None:
        self.marks: list[Mark] = []
        self._path = path
        self._first = first

    def go_through(self, node: Any) -> None:
        """Put marks into the statements that stand in this one, or in a module."""
        if isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While)):
            self._branch(node, node.test if isinstance(node, (ast.If, ast.While)) else node.iter)
        elif isinstance(node, (ast.Try, ast.TryStar)):
            node.body, node.orelse, node.finalbody = map(self._all, (node.body, node.orelse, node.finalbody))
            for handler in node.handlers:
                self._handler(handler)
        elif isinstance(node, ast.Match):
            raise CannotBeMarked(f"{self._path}:{node.lineno}: `match`.")
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            node.body = self._all(node.body)
        elif isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            node.body = self._all(node.body, documented=True)

    def _branch(self, node: Any, condition: ast.expr) -> None:
        body = _lines(node.body[0])[0]
        if body <= (condition.end_lineno or 0):
            raise CannotBeMarked(f"{self._path}:{node.lineno}: a body in the line of its condition.")
        node.body = self._all(node.body, into=node.lineno)
        node.orelse = [self._assign(Mark(past=(node.lineno, body)), node), *self._all(node.orelse)]

    def _handler(self, node: ast.ExceptHandler) -> None:
        if node.type is None:
            raise CannotBeMarked(f"{self._path}:{node.lineno}: an `except` without a class.")
        # Its line is run when an exception is compared with its class.
        ran = ast.Attribute(ast.Name(NAME, ast.Load()), "__setitem__", ast.Load())
        noted = ast.Call(ran, [self._number(Mark((node.lineno,))), ast.Constant(True)], [])
        both = ast.Tuple([noted, node.type], ast.Load())
        node.type = _at(node.type, ast.Subscript(both, ast.Constant(1), ast.Load()))
        node.body = self._all(node.body)

    def _all(self, statements: list[ast.stmt], documented: bool = False, into: int | None = None) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for number, statement in enumerate(statements):
            if documented and number == 0 and _is_text(statement):
                found.append(statement)
                continue
            both = [self._assign(Mark(_lines(statement), into), statement), statement]
            into = None
            self.go_through(statement)
            if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
                # Nothing may stand before it.
                both.reverse()
            found += both
        return found

    def _assign(self, mark: Mark, at: ast.stmt) -> ast.stmt:
        place = ast.Subscript(ast.Name(NAME, ast.Load()), self._number(mark), ast.Store())
        assigned: ast.stmt = _at(at, ast.Assign([place], ast.Constant(True)))
        return assigned

    def _number(self, mark: Mark) -> ast.Constant:
        self.marks.append(mark)
        return ast.Constant(self._first + len(self.marks) - 1)


def _lines(statement: ast.stmt) -> tuple[int, ...]:
    """The lines that a statement begins with: of what is decorated, each decorator's too."""
    return (*(each.lineno for each in getattr(statement, "decorator_list", ())), statement.lineno)


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _at(place: ast.AST, new: Any) -> Any:
    """`new`, said to stand where `place` does: errors and debuggers name no line that is not there."""
    for node in ast.walk(new):
        if "lineno" in node._attributes and not hasattr(node, "lineno"):
            ast.copy_location(node, place)
    return new
