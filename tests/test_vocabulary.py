"""The vocabulary of the house, as far as a machine can hold it; docs/glossary.md says what each term means."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.source import HOUSE, ROOT, tree

GLOSSARY = ROOT / "docs" / "glossary.md"
FILES = sorted(HOUSE.rglob("*.py"))
LAYERS = {"service", "queries", "models", "rules", "schemas"}
# Words of a role as a woman, in any file that people or programmers read.
GENDERED = re.compile(r"\b(she|her|hers|herself)\b", re.IGNORECASE)
READ = {".py", ".html", ".txt", ".md", ".js", ".css", ".typ", ".sql"}
# Names that were left behind; each says something that the field calls otherwise.
LEFT_BEHIND = [
    "beyond",
    "by_hand",
    "giving_back",
    "given_back",
    "held_back",
    "telling",
    "who_came",
    "selling",
    "to_herself",
    "redeeming",
    "reminding",
    "inviting",
    "writing_back",
    "settling",
    "disputing",
    "walking",
    "wishes",
    "writing_",
    "back",
]


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_a_class_name_means_one_thing():
    places = defaultdict(list)
    for file in FILES:
        for node in tree(file).body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(relative(file))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def modules_under_another_name(file: Path, packages: set[str]) -> Iterator[str]:
    """Imports of a module of ours under the name of a package that it does not belong to."""
    named = re.compile(rf"\bas (?:{'|'.join(sorted(packages))})\b")
    for node in ast.walk(tree(file)) if named.search(file.read_text()) else ():
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("marketplace"):
            continue
        for name in node.names:
            target = f"{node.module}.{name.name}"
            is_module = (ROOT / target.replace(".", "/")).with_suffix(".py").exists()
            if name.asname in packages and is_module and name.asname not in target.split("."):
                yield f"{relative(file)}:{node.lineno} {target} as {name.asname}"


def test_no_module_is_imported_under_the_name_of_another_package():
    packages = {folder.name for folder in HOUSE.iterdir() if (folder / "__init__.py").exists()}
    packages |= {file.stem for file in HOUSE.glob("*.py")}
    files = [file for folder in ("marketplace", "tests", "devtools", "bench") for file in (ROOT / folder).rglob("*.py")]
    assert [found for file in files for found in modules_under_another_name(file, packages)] == []


def test_nobody_is_she_by_role():
    found = [
        f"{relative(file)}:{number}: {line.strip()}"
        for file in sorted(HOUSE.rglob("*"))
        if file.suffix in READ and "demo" not in file.name
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if GENDERED.search(line)
    ]
    assert found == []


def test_the_first_line_of_a_module_fits_into_a_list():
    first_lines = {relative(file): (ast.get_docstring(tree(file)) or "").partition("\n")[0] for file in FILES}
    assert [name for name, line in first_lines.items() if not line] == []
    assert {name: line for name, line in first_lines.items() if len(line) > 90} == {}


def test_no_file_is_named_by_a_word_that_was_left_behind():
    left = {relative(file) for file in FILES if file.stem in LEFT_BEHIND}
    assert left == set()


def test_a_package_of_a_domain_says_what_it_owns_and_nothing_else():
    with_code = [
        relative(file)
        for file in HOUSE.rglob("__init__.py")
        if any(not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) for node in tree(file).body)
    ]
    # Every room speaks through this one, under the names that gettext has everywhere.
    assert with_code == ["marketplace/languages/__init__.py"]


def modules_named_in(text: str) -> set[str]:
    return set(re.findall(r"`(marketplace\.[a-z_.]+)`", text))


def test_every_module_that_the_glossary_names_exists():
    named = modules_named_in(GLOSSARY.read_text())
    assert len(named) > 30
    missing = [
        name
        for name in sorted(named)
        if not (ROOT / name.replace(".", "/")).is_dir()
        and not (ROOT / name.replace(".", "/")).with_suffix(".py").exists()
    ]
    assert missing == []


@pytest.mark.parametrize("domain", sorted(folder.name for folder in HOUSE.iterdir() if (folder / "models.py").exists()))
def test_the_glossary_knows_every_domain(domain):
    assert f"`marketplace.{domain}" in GLOSSARY.read_text()
