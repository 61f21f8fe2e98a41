"""Sentences in the source that nobody translates: English text that is neither documentation nor passed to gettext."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests import source

# What looks a sentence up, or keeps it until somebody does.
TRANSLATES = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "_n", "translated"}
# What operators and programs read, who read English: logs, errors of programs, patterns, the API's document.
READ_BY_PROGRAMS = {
    "AssertionError", "Blueprint", "KeyError", "LookupError", "RuntimeError", "SettingsError", "TypeError",
    "ValueError", "compile", "describe", "echo", "option", "text", "unsafe",
}  # fmt: skip
DOCUMENTS = {"description", "metadata", "summary", "example", "examples", "doc", "help"}
LOGGERS = {"log", "logger"}
LOOKS_WRITTEN = re.compile(r"([A-Z“].*[a-z]( |\.$|\?$|$)|\{\} [a-z]+ [a-z]+ [^{]*\.)", re.DOTALL)
SQL = re.compile(r"\b(select|insert|update|delete|from|where)\b", re.IGNORECASE)
FOR_OPERATORS = frozenset(
    {
        "cli",
        "cli.py",
        "config.py",
        "doctor.py",
        "environment.py",
        "job_runner.py",
        "languages",
        "logs.py",
        "mail_in.py",
        "worker.py",
    }
)


def untranslated(file: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each sentence in a module that is written for people and not translated."""
    tree = source.tree(file)
    passed = set(_passed_over(tree))
    for node in ast.walk(tree):
        words = _text(node)
        if (
            node not in passed
            and words
            and " " in words.strip()
            and LOOKS_WRITTEN.match(words)
            and not SQL.search(words[:40])
        ):
            yield node.lineno, words  # type: ignore[attr-defined]


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return ""


def _passed_over(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        yield from _annotations(node)
        yield from _descriptions(node, tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value  # a docstring
        elif isinstance(node, ast.Call) and _is_for_programs(node.func):
            yield from (inside for inside in ast.walk(node) if inside is not node)
        elif isinstance(node, ast.keyword) and node.arg in DOCUMENTS:
            yield from ast.walk(node)
        elif isinstance(node, ast.JoinedStr):
            yield from node.values
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from (inside for decorator in node.decorator_list for inside in ast.walk(decorator))


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    """Types that are written as texts."""
    for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
        if annotation is not None:
            yield from ast.walk(annotation)


def _descriptions(node: ast.AST, tree: ast.Module) -> Iterator[ast.AST]:
    """What the API's document says in an object of it, and constants that a description is given."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in DOCUMENTS:
                yield from ast.walk(value)
    elif isinstance(node, ast.keyword) and node.arg in DOCUMENTS | {"conflict"} and isinstance(node.value, ast.Name):
        for one in tree.body:
            if isinstance(one, ast.Assign) and [ast.unparse(name) for name in one.targets] == [node.value.id]:
                yield from ast.walk(one.value)


def _is_for_programs(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        of_a_log = isinstance(called.value, ast.Name) and called.value.id in LOGGERS
        return of_a_log or called.attr in TRANSLATES | READ_BY_PROGRAMS
    return isinstance(called, ast.Name) and called.id in TRANSLATES | READ_BY_PROGRAMS
