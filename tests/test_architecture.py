"""The house rules that a machine can hold."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy import DateTime, Float, Numeric

from devtools import states
from marketplace import jobs
from marketplace.config import Settings
from marketplace.models import Base
from tests import source
from tests.found import some
from tests.source import ROOT

pytestmark = pytest.mark.real

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SOURCES = ("marketplace", "stripe_sandbox", "devtools")
DOMAINS = PROJECT["tool"]["importlinter"]["contracts"][1]["containers"]
FILES_OF_A_DOMAIN = {"__init__", "rules", "models", "queries", "transitions", "service", "schemas"}

# Not settings of the application: what only `make run` reads.
OF_MAKE_RUN = {"PORT"}


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def relative(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_the_import_contracts_hold():
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(("folders", "cap"), [(SOURCES, 300), (("tests",), 500)])
def test_no_file_holds_two_ideas(folders: tuple[str, ...], cap: int):
    lengths = {relative(file): len(file.read_text().splitlines()) for file in python_files(*folders)}
    assert {name: length for name, length in lengths.items() if length > cap} == {}


def test_only_the_database_room_commits():
    files = python_files("marketplace")
    committing = {relative(file) for file in files if any(call.endswith(".commit") for call in source.calls(file))}
    assert committing == {"marketplace/db.py"}


def test_only_the_clock_reads_the_time():
    readings = re.compile(r"((^|\.)(datetime\.(now|utcnow|today)|date\.today)|^time\.(time|time_ns|localtime|gmtime))$")
    files = python_files("marketplace")
    reading = {relative(file) for file in files if any(readings.search(call) for call in source.calls(file))}
    assert reading == {"marketplace/clock.py"}


def test_nothing_is_the_processes_that_is_an_applications():
    suspects = [file for file in python_files("marketplace") if re.search(r"\bglobal\b", source.text(file))]
    found = [file for file in suspects if any(isinstance(node, ast.Global) for node in ast.walk(source.tree(file)))]
    assert found == []


def test_only_the_gateway_imports_stripe():
    importing = re.compile(r"^\s*(import|from) stripe\b", re.MULTILINE)
    rooms = {relative(file) for file in python_files("marketplace") if importing.search(file.read_text())}
    assert rooms
    assert all(room.startswith("marketplace/payments/stripe_gateway") for room in rooms), rooms


def test_a_domain_holds_its_six_kinds_of_files_its_transitions_and_rooms():
    named = {domain.removeprefix("marketplace.") for domain in DOMAINS if domain.count(".") == 1}
    strangers = {
        relative(file)
        for name in named
        for file in (ROOT / "marketplace" / name).iterdir()
        if file.name not in {"__pycache__", "templates"} and file.stem not in FILES_OF_A_DOMAIN
    }
    rooms = {name for name in strangers if (ROOT / name / "__init__.py").exists()}
    assert strangers - rooms == {"marketplace/stripe_inbox/handlers.py"}
    with_models = {file.parent.name for file in (ROOT / "marketplace").glob("*/models.py")}
    # The waitlist's table stands below the holds that respect it.
    assert named - with_models == {"waitlist"}
    assert with_models <= named


def test_migrations_know_every_table():
    """They import `marketplace.models` and nothing else."""
    listed = source.tree(ROOT / "marketplace" / "models.py")
    imported = {
        f"{node.module}.{name.name}" for node in listed.body if isinstance(node, ast.ImportFrom) for name in node.names
    }
    rooms = [file for file in python_files("marketplace") if file.name == "models.py"]
    named = {relative(file).removesuffix(".py").replace("/", ".") for file in rooms}
    assert named - {"marketplace.models"} <= imported


def assignments_of_status(file: Path) -> Iterator[str]:
    """Where a row's status is set: by attribute, by name, or in an UPDATE."""
    if "status" not in source.text(file):
        return
    for node in ast.walk(source.tree(file)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        targets = [part for each in targets for part in (each.elts if isinstance(each, ast.Tuple) else [each])]
        assigned = any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets)
        if assigned or (isinstance(node, ast.Call) and (_sets_by_name(node) or _updates(node))):
            yield f"{relative(file)}:{node.lineno}"


def _sets_by_name(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "setattr" and ast.unparse(call.args[1]) == "'status'"


def _updates(call: ast.Call) -> bool:
    if (
        not isinstance(call.func, ast.Attribute)
        or call.func.attr != "values"
        or "update(" not in ast.unparse(call.func)
    ):
        return False
    keys = [ast.unparse(key) for value in call.args if isinstance(value, ast.Dict) for key in value.keys if key]
    return any(word.arg == "status" for word in call.keywords) or any("status" in key for key in keys)


def test_only_transitions_assign_a_status():
    files = [file for file in python_files("marketplace") if file.stem != "transitions"]
    assert [place for file in files for place in assignments_of_status(file)] == []


def test_the_drawing_of_the_states_is_what_the_tables_say():
    assert states.DRAWING.read_text() == states.drawn(), "run `make states`"
    assert {"booking", "payment", "payout", "refund"} <= states.machines().keys()


@cache
def known_states() -> frozenset[str]:
    machines = states.machines().values()
    return frozenset(state for machine in machines for state in machine.states) | jobs.UNFINISHED


@cache
def quoted_states() -> re.Pattern[str]:
    return re.compile(f"""["'](?:{"|".join(sorted(known_states()))})["']""")


def spelled_out_states(file: Path) -> Iterator[str]:
    """Lists of quoted words in SQL and templates, and of constants in Python, that are all states of something."""
    known, text = known_states(), source.text(file)
    for written in re.findall(r"""\bin\s*\(((?:\s*['"]\w+['"]\s*,?)+)\)""", text):
        if set(re.findall(r"\w+", written)) <= known:
            yield f"in ({written})"
    if file.suffix != ".py" or "rules" in relative(file) or not quoted_states().search(text):
        return
    for node in ast.walk(source.tree(file)):
        if isinstance(node, ast.Tuple | ast.Set | ast.List) and len(node.elts) > 1:
            words = {word.value if isinstance(word, ast.Constant) else None for word in node.elts}
            if words <= known:
                yield ast.unparse(node)


def test_sets_of_states_are_named_in_rules_and_spelled_out_nowhere_else():
    files = [file for suffix in ("py", "sql", "html", "txt") for file in (ROOT / "marketplace").rglob(f"*.{suffix}")]
    found = {relative(file): list(spelled_out_states(file)) for file in files}
    # It shows how a condition is written.
    del found["marketplace/states.py"]
    assert {name: lists for name, lists in found.items() if lists} == {}


def test_a_state_that_sql_asks_for_is_one_that_something_may_be_in():
    files = [file for suffix in ("py", "sql") for file in (ROOT / "marketplace").rglob(f"*.{suffix}")]
    asked = {word for file in files for word in re.findall(r"\bstatus (?:=|<>) '(\w+)'", file.read_text())}
    assert asked - known_states() == set()


def module_of(file: Path) -> str:
    return relative(file).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def declared(tree: ast.Module) -> Iterator[str]:
    """The functions without a decorator and the constants of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name))


def used(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a module names of others and of itself: ("marketplace.money", "split")."""
    imported = {
        name.asname or name.name: (node.module, name.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield imported.get(node.id, (module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported:
            yield ".".join(imported[node.value.id]), node.attr


def test_nothing_is_there_for_tests_alone():
    trees = {module_of(file): source.tree(file) for file in python_files("marketplace")}
    passed_on = {
        (module, name.asname or name.name): (node.module, name.name)
        for module, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for name in node.names
    }
    known = {passed_on.get(name, name) for module, tree in trees.items() for name in used(module, tree)}
    unused = {(module, name) for module, tree in trees.items() for name in declared(tree)} - known
    templates = [file for suffix in ("html", "txt") for file in (ROOT / "marketplace").rglob(f"*.{suffix}")]
    shown = {name for file in templates for name in re.findall(r"\.(\w+)", file.read_text())}
    assert {f"{module}.{name}" for module, name in unused if name not in shown | {"__all__"}} == set()


def test_money_is_counted_and_never_measured():
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    # How many of a currency a euro is: a rate, at which nothing is booked.
    rates = {"exchange_rates.per_euro"}
    found = [str(column) for column in columns if isinstance(column.type, Float | Numeric)]
    assert [name for name in found if name not in rates] == []
    money = [column for column in columns if column.name.endswith("_cents") or column.name == "cents"]
    assert money
    assert {type(column.type).__name__ for column in money} == {"BigInteger"}


def test_every_instant_is_stored_with_its_zone():
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    instants = [column for column in columns if isinstance(column.type, DateTime)]
    assert instants
    assert [str(column) for column in instants if not column.type.timezone] == []


def explained() -> dict[str, str]:
    """The settings of .env.example with the defaults that it shows, without those that only `make run` reads."""
    found = dict(re.findall(r"^#([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    return {name: value for name, value in found.items() if name not in OF_MAKE_RUN}


def test_every_setting_is_explained_with_its_true_default():
    assert explained() == {field.name.upper(): _as_text(field.default) for field in fields(Settings)}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


def test_what_is_asked_for_is_pinned():
    project = PROJECT["project"]
    asked = {
        "requirements.txt": project["dependencies"],
        "requirements-dev.txt": project["dependencies"] + project["optional-dependencies"]["dev"],
    }
    for file, lines in asked.items():
        pinned = pins(file)
        for wanted in some(map(Requirement, lines)):
            assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), f"{wanted} in {file}"


def test_what_serves_and_what_is_tested_are_the_same_versions():
    development = pins("requirements-dev.txt")
    assert {name: development.get(name) for name in pins("requirements.txt")} == pins("requirements.txt")


def test_no_test_folder_hides_from_pytest():
    folders = {file.parent for file in (ROOT / "tests").rglob("test_*.py")}
    assert [relative(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_nothing_is_read_through_a_cursor_on_the_server():
    """Reading has no transaction in which one could live: on a server such a page fails, in a test it does not."""
    found = [
        relative(file)
        for file in python_files("marketplace")
        if re.search(r"yield_per|stream_results", file.read_text())
    ]
    assert found == []
