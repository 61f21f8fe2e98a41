"""Marks tell what coverage's own tracer sees: every line and branch, whatever a program does."""

import ast
import json

import pytest
from coverage import Coverage, CoverageData
from coverage.parser import PythonParser

from devtools import env, marks
from devtools.covered import PACKAGE

pytestmark = pytest.mark.pure

PROGRAM = '''"""A program of every kind of statement."""

from __future__ import annotations

import functools
from contextlib import contextmanager, suppress


class Kind:
    """Documented."""

    many: int = 1
    if many:
        some = 2

    @property
    def one(self):
        return self.many


@functools.cache
@functools.lru_cache(
    maxsize=None,
)
def decorated(what):
    if what:
        return [
            each
            for each in range(3)
            if each
        ]
    return None


def without_docstring(a, b):
    if a:
        ...
    elif (
        b
        or a
    ):
        @functools.cache
        def inner():
            return 1

        inner()
    else:
        a = b
    while a:
        a -= 1
        if a == 2:
            break
        if a == 4:
            continue
        b = (lambda: a)(
        )
    else:
        b = 9
    return b


def loops(many):
    for one in many:
        if one is None:
            return "none"
        for other in one:
            pass
        else:
            continue
    for _ in many:
        break
    else:
        return "empty"
    while True:
        if many.pop():
            break


def fails(error, how):
    try:
        if error:
            raise error
    except (
        KeyError,
        IndexError,
    ):
        return "index"
    except ValueError as found:
        if how:
            raise
        with suppress(TypeError):
            raise TypeError from found
    else:
        how = None
    finally:
        if how:
            how += 1
    assert how is None, (
        how
    )


@contextmanager
def around(inside):
    try:
        yield inside
    finally:
        inside.append(1)


def within(inside):
    with (
        around(inside) as one,
        around(one) as other,
    ):
        for each in other:
            if each:
                return each
    global seen
    seen = inside
    del inside


def generates(n):
    while n:
        n -= yield n
    if n is None:
        raise AssertionError("never")


async def waits(n):
    async with n as m:
        async for one in m:
            return one
'''


def traced(path, calls, data):
    coverage = Coverage(data_file=str(data), config_file=False, branch=True, include=[str(path)])
    program = compile(path.read_text(), str(path), "exec")
    coverage.start()
    try:
        names = {"__name__": "program"}
        exec(program, names)
        exec(calls, names)
    finally:
        coverage.stop()
    coverage.save()


def told_by_marks(path, calls, data):
    code, placed = marks.marked(path.read_bytes(), str(path))
    ran = [False] * len(placed)
    names = {"__name__": "program", marks.NAME: ran}
    exec(code, names)
    exec(calls, names)
    kept = CoverageData(basename=str(data))
    exclude = "|".join(Coverage(config_file=False).get_exclude_list("exclude"))
    seen = [mark for mark, came_by in zip(placed, ran, strict=True) if came_by]
    kept.add_arcs({str(path): marks.arcs(path.read_text(), exclude, seen)})
    kept.write()


def report(data, path):
    coverage = Coverage(data_file=str(data), config_file=False, branch=True)
    coverage.load()
    told = data.with_suffix(".json")
    coverage.json_report(outfile=str(told))
    [(_, found)] = json.loads(told.read_text())["files"].items()
    return {what: found[what] for what in found if what.endswith(("_lines", "_branches"))}


@pytest.mark.parametrize(
    "calls",
    [
        "",
        "Kind().one; decorated(0)",
        "decorated(1)",
        "without_docstring(0, 0)",
        "without_docstring(0, 1)",
        "without_docstring(1, 0)",
        "without_docstring(1, 1)",
        "without_docstring(3, 0)",
        "without_docstring(6, 0)",
        "loops([])",
        "loops([None])",
        "with suppress(IndexError): loops([[]])",
        "loops([[1], [2]])",
        "loops(['a', ''])",
        "fails(None, None)",
        "fails(KeyError(), 1)",
        "fails(ValueError(), None)",
        "with suppress(ValueError): fails(ValueError(), 1)",
        "within([])",
        "within([0])",
        "within([0, 1])",
        "list(generates(0))",
        "next(generates(1))",
        "with suppress(AssertionError): list(generates(None))",
        "waits(1).close()",
    ],
)
def test_they_tell_what_the_tracer_sees(calls, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    traced(path, calls, tmp_path / "traced")
    told_by_marks(path, calls, tmp_path / "told")
    assert report(tmp_path / "told", path) == report(tmp_path / "traced", path)


def test_a_line_that_an_exception_passes_by_is_not_run(tmp_path):
    # The tracer takes the last line of a `finally` for run, since the exception is raised anew in it.
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    told_by_marks(path, "with suppress(TypeError): fails(TypeError(), None)", tmp_path / "told")
    line = PROGRAM.splitlines().index("            how += 1") + 1
    assert line in report(tmp_path / "told", path)["missing_lines"]


@pytest.mark.parametrize(
    "source", ["match 1:\n    case 1:\n        pass", "try:\n    pass\nexcept:\n    pass", "if 1: pass"]
)
def test_what_they_do_not_know_is_refused_and_not_taken_for_run(source):
    with pytest.raises(marks.CannotBeMarked, match=r"module\.py:"):
        marks.marked(source.encode(), "module.py")


OURS = [file for file in sorted((env.ROOT / PACKAGE).rglob("*.py")) if file.stat().st_size]


@pytest.mark.slow
def test_every_module_of_ours_can_be_marked():
    assert all(
        marks.marked(file.read_bytes(), str(file))[1] for file in OURS if len(ast.parse(file.read_text()).body) > 1
    )


@pytest.mark.slow
def test_of_every_module_of_ours_marks_know_every_line_and_every_way():
    exclude = "|".join(f"(?:{pattern})" for pattern in Coverage().get_exclude_list("exclude"))
    for file in OURS:
        source = file.read_text()
        parser = PythonParser(text=source, exclude=exclude)
        parser.parse_source()
        branches = {line for line, exits in parser.exit_counts().items() if exits > 1}
        known = marks.arcs(source, exclude, marks.marked(source.encode(), str(file))[1])
        assert parser.statements - parser.excluded <= parser.first_lines({line for _, line in known if line > 0}), file
        assert {way for way in parser.arcs() if way[0] in branches} <= parser.translate_arcs(known), file
