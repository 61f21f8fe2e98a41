"""A test that cannot fail is a defect: each asserts something, by itself or by a helper that does."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

TESTS = Path(__file__).parent
# The doors assert of every answer that it keeps its contract; a test that only walks through them says nothing.
DOORS = {"call", "delete", "get", "open", "patch", "post", "put", "sign_in", "submit", "upload"}


def trees() -> dict[Path, ast.Module]:
    """Every module here; read by the test, so that who only collects it reads none."""
    return {file: ast.parse(file.read_text()) for file in TESTS.rglob("*.py")}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def asserts(function: ast.FunctionDef) -> bool:
    """Does it assert something, or expect an error?"""
    expected = {"raises", "warns"}
    return any(
        isinstance(node, ast.Assert | ast.Raise) or (isinstance(node, ast.Attribute) and node.attr in expected)
        for node in ast.walk(function)
    )


def called_in(function: ast.FunctionDef) -> set[str]:
    return {
        called.func.attr if isinstance(called.func, ast.Attribute) else getattr(called.func, "id", "")
        for called in ast.walk(function)
        if isinstance(called, ast.Call)
    }


def holding_helpers(trees: Iterable[ast.Module]) -> set[str]:
    """The names of helpers that assert, or call one that does; Playwright's too."""
    helpers = [each for tree in trees for each in functions(tree) if not each.name.startswith("test_")]
    helpers = [each for each in helpers if each.name not in DOORS]
    found = {each.name for each in helpers if asserts(each)}
    while more := {each.name for each in helpers if called_in(each) & found} - found:
        found |= more
    return found | {"expect"}


def test_every_test_asserts_something():
    read = trees()
    helpers = holding_helpers(read.values())
    assert [
        f"{file.relative_to(TESTS)}: {each.name}"
        for file, tree in read.items()
        for each in functions(tree)
        if each.name.startswith("test_") and not asserts(each) and not called_in(each) & helpers
    ] == []
