"""A test that cannot fail is a defect: each asserts something, by itself or by a helper that does.

What it asserts of each of several things holds of none of them too: there are some, or another assertion says so.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
EXPECTED = {"raises", "warns"}
# The doors assert of every answer that it keeps its contract; a test that only walks through them says nothing.
DOORS = {"call", "delete", "get", "open", "patch", "post", "put", "sign_in", "submit", "upload"}


def trees() -> dict[Path, ast.Module]:
    """Every module here; read by the test, so that who only collects it reads none."""
    return {file: ast.parse(file.read_text()) for file in TESTS.rglob("*.py")}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def asserts(function: ast.FunctionDef) -> bool:
    """Does it assert something, or expect an error?"""
    return any(isinstance(node, ast.Assert) or expects(node) or fails(node) for node in ast.walk(function))


def fails(node: ast.AST) -> bool:
    """What a stand-in raises for the application to cope with says nothing."""
    return isinstance(node, ast.Raise) and node.exc is not None and "AssertionError" in ast.unparse(node.exc)


def expects(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in EXPECTED


def named_values(function: ast.FunctionDef) -> set[str]:
    """Names whose values stand in the test itself: its parameters that are no fixtures, and what it makes of them."""
    decorators = [node for decorator in function.decorator_list for node in ast.walk(decorator)]
    texts = [node.value for node in decorators if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    found = {name.strip() for text in texts for name in text.split(",")}
    found |= {node.arg for node in decorators if isinstance(node, ast.keyword) and node.arg}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and has_some(node.value, found):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def has_some(things: ast.expr, named: set[str]) -> bool:
    """Is there anything in it, as its own words say? `some` sees to it, as do displays, constants and `range`."""
    return any(
        (isinstance(node, ast.Tuple | ast.List | ast.Set) and node.elts)
        or (isinstance(node, ast.Dict) and node.keys)
        or (isinstance(node, ast.Name) and (node.id.isupper() or node.id in named | {"some", "range"}))
        or (isinstance(node, ast.Attribute) and node.attr.isupper())
        for node in ast.walk(things)
    )


def asserts_for_certain(node: ast.AST, named: set[str]) -> bool:
    """Is an assertion made, or an error expected, not only of each of what may be nothing at all?"""
    if isinstance(node, ast.For) and not has_some(node.iter, named):
        return False
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Call) and getattr(node.test.func, "id", "") == "all":
        return has_some(node.test.args[0], named)
    if isinstance(node, ast.Assert) or expects(node):
        return True
    return any(asserts_for_certain(part, named) for part in ast.iter_child_nodes(node))


def called_in(function: ast.FunctionDef) -> set[str]:
    """As `name`, or where it is of something as `.name` and `something.name`."""
    found = set()
    for called in (node for statement in function.body for node in ast.walk(statement)):
        if isinstance(called, ast.Call) and isinstance(called.func, ast.Name):
            found.add(called.func.id)
        elif isinstance(called, ast.Call) and isinstance(called.func, ast.Attribute):
            found |= {f".{called.func.attr}", f"{getattr(called.func.value, 'id', '')}.{called.func.attr}"}
    return found


def names_of(file: Path, helper: ast.FunctionDef) -> set[str]:
    """As what it is called: of anything if it is a method, else by itself or of its module."""
    is_method = [each.arg for each in helper.args.args[:1]] == ["self"]
    return {f".{helper.name}"} if is_method else {helper.name, f"{file.stem}.{helper.name}"}


def holding_helpers(trees: Mapping[Path, ast.Module]) -> set[str]:
    """The names of helpers that assert, or call one that does; Playwright's too."""
    helpers = [(names_of(file, each), each) for file, tree in trees.items() for each in functions(tree)]
    helpers = [(names, each) for names, each in helpers if not each.name.startswith("test_") and each.name not in DOORS]
    found = {name for names, each in helpers if asserts(each) for name in names}
    while more := {name for names, each in helpers if called_in(each) & found for name in names} - found:
        found |= more
    return found | {"expect"}


def test_every_test_asserts_something():
    read = trees()
    helpers = holding_helpers(read)
    assert [
        f"{file.relative_to(TESTS)}: {each.name}"
        for file, tree in read.items()
        for each in functions(tree)
        if each.name.startswith("test_") and not asserts(each) and not called_in(each) & helpers
    ] == []


def test_no_test_asserts_only_of_each_of_what_may_be_nothing():
    assert [
        f"{file.relative_to(TESTS)}: {each.name}"
        for file, tree in trees().items()
        for each in functions(tree)
        if each.name.startswith("test_") and asserts(each) and not asserts_for_certain(each, named_values(each))
    ] == []


@pytest.mark.parametrize(
    ("body", "certain"),
    [
        ("for each in found(): assert each", False),
        ("assert all(each for each in found())", False),
        ("for each in found():\n        for n in (1, 2): assert each", False),
        ("for each in some(found()): assert each", True),
        ("for each in (1, 2): assert each", True),
        ("for each in KNOWN: assert each", True),
        ("for each in given: assert each", True),
        ("for each in fixture: assert each", False),
        ("for each in found(): assert each\n    assert found()", True),
        ("with pytest.raises(ValueError): found()", True),
    ],
)
def test_what_counts_as_an_assertion_of_something(body, certain):
    test = f"@pytest.mark.parametrize('given', ['a'])\ndef test_it(given, fixture):\n    {body}\n"
    (function,) = functions(ast.parse(test))
    assert asserts_for_certain(function, named_values(function)) is certain
