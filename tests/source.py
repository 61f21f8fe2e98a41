"""The source as tests of it read it: each module is parsed once by a process, however many of them look at it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "marketplace"


@cache
def text(file: Path) -> str:
    """What stands in it; nothing here changes while tests run."""
    return file.read_text()


@cache
def tree(file: Path) -> ast.Module:
    """Its syntax tree, which is shared: look, and change nothing."""
    return ast.parse(text(file))


@cache
def calls(file: Path) -> tuple[str, ...]:
    """Every call of something's method, as it is written: 'datetime.now', 'session().commit'."""
    called = (node.func for node in ast.walk(tree(file)) if isinstance(node, ast.Call))
    return tuple(ast.unparse(func) for func in called if isinstance(func, ast.Attribute))
