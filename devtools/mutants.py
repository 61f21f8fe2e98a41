"""`make mutants`: change the rules of money in every small way; a test has to notice each.

A mutant is the source of a rules module with one operator, number or condition exchanged, by Cosmic Ray's operators. It
is imported in place of the module by a process of its own, which runs that domain's tests of rules: pure ones, so one
takes a tenth of a second and no file is touched. One that survives wants a test, or a reason in `mutants.toml` why no
test can tell it from the original. The last line is one JSON object; the exit status is 1 where a mutant survived
without a reason, or a reason is left of which there is no mutant.
"""

import argparse
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from devtools.covered import DOMAINS_OF_MONEY

ROOT = Path(__file__).parent.parent
REASONS = Path(__file__).parent / "mutants.toml"
# These two want to be told what to put in.
NEED_ARGUMENTS = frozenset({"core/VariableInserter", "core/VariableReplacer"})
# A room whose rules are tried beside another domain, which stands on it.
TESTED_IN = {"waitlist_entries": "waitlist"}
# What holds for the rules of every domain, asked of the one module.
OF_ALL_RULES = (
    "tests/test_rules_are_values.py::test_what_was_decided_is_not_changed_before_it_is_acted_on",
    "tests/test_rules_are_values.py::test_every_input_of_a_rule_can_be_given_by_its_name",
)
# By its own clock: on a busy machine nothing is taken for endless.
LONGEST_CPU_SECONDS = 30
PASSED = 0


@dataclass(frozen=True)
class Target:
    """A module of rules and the tests that must notice any change of it, as paths from the root."""

    file: str
    tests: tuple[str, ...]

    @property
    def module(self) -> str:
        """Its dotted name."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass(frozen=True)
class Mutant:
    """The first line that differs, before and after, and the whole changed source."""

    file: str
    was: str
    becomes: str
    source: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What names it, wherever in the file the line has moved to."""
        return self.file, self.was, self.becomes


def targets(domains: Sequence[str]) -> list[Target]:
    """The rules of these domains and of their rooms, with the tests of rules of the domain."""
    found = []
    for domain in domains:
        folder = ROOT / "marketplace" / domain
        for file in sorted({*folder.rglob("rules.py"), *folder.rglob("rules/[!_]*.py")}):
            beside = ROOT / "tests" / TESTED_IN.get(file.parent.name, domain)
            tests = tuple(str(test.relative_to(ROOT)) for test in sorted(beside.glob("test_rules*.py")))
            target = Target(str(file.relative_to(ROOT)), tests)
            common = tuple(f"{test}[{target.module}]" for test in OF_ALL_RULES) if tests else ()
            found.append(Target(target.file, (*tests, *common)))
    return found


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """Every different mutant of a source."""
    seen = {source}
    for name in sorted(set(operator_names()) - NEED_ARGUMENTS):
        operator, occurrence = get_operator(name)(), 0
        while (changed := mutate_code(source, operator, occurrence)) is not None:
            occurrence += 1
            if changed not in seen:
                seen.add(changed)
                yield Mutant(file, *_first_difference(source, changed), changed)


def _first_difference(before: str, after: str) -> tuple[str, str]:
    lines = zip(before.splitlines(), after.splitlines(), strict=False)
    return next(((was.strip(), becomes.strip()) for was, becomes in lines if was != becomes), ("", ""))


class InPlaceOf(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets `import` find a mutant where the module is."""

    def __init__(self, module: str, file: str, source: str) -> None:
        self.module, self.file, self.source = module, file, source

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Only that one module is ours."""
        if fullname != self.module:
            return None
        is_package = self.file.endswith("/__init__.py")
        return importlib.util.spec_from_file_location(
            fullname,
            ROOT / self.file,
            loader=self,
            submodule_search_locations=[str((ROOT / self.file).parent)] if is_package else None,
        )

    def create_module(self, spec: ModuleSpec) -> None:
        """An ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutant as the module."""
        exec(compile(self.source, str(ROOT / self.file), "exec"), module.__dict__)


def start(target: Target, source: str, settings: Path) -> int:
    """Run the tests on `source` in a process of its own; its id. It ends with 0 if no test failed."""
    pid = os.fork()
    if pid:
        return pid
    signal.setitimer(signal.ITIMER_PROF, LONGEST_CPU_SECONDS)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    sys.meta_path.insert(0, InPlaceOf(target.module, target.file, source))
    arguments = ["-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-c", str(settings), f"--rootdir={ROOT}"]
    status = 1
    try:
        status = int(pytest.main([*arguments, *target.tests]))
    finally:
        os._exit(status)


def survivors(target: Target, found: Sequence[Mutant], workers: int, settings: Path) -> list[Mutant]:
    """The mutants that no test noticed, `workers` at a time."""
    waiting, survived = list(reversed(found)), []
    running: dict[int, Mutant] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop()
            running[start(target, mutant.source, settings)] = mutant
        pid, status = os.wait()
        mutant = running.pop(pid)
        if os.waitstatus_to_exitcode(status) == PASSED:
            survived.append(mutant)
    return survived


def reasons() -> dict[tuple[str, str, str], str]:
    """Why some mutants cannot be told from the original, by their place."""
    listed = tomllib.loads(REASONS.read_text()).get("mutant", [])
    return {(each["file"], each["was"], each["becomes"]): each["why"] for each in listed}


def judge(target: Target, workers: int, settings: Path) -> tuple[int, list[Mutant]]:
    """How many mutants a module has, and those that survived. Raises SystemExit where the tests fail unchanged."""
    source = (ROOT / target.file).read_text()
    _pid, status = os.waitpid(start(target, source, settings), 0)
    if not target.tests or os.waitstatus_to_exitcode(status) != PASSED:
        raise SystemExit(f"{target.file}: its tests do not pass as it is: {' '.join(target.tests) or 'there are none'}")
    found = list(mutants(target.file, source))
    return len(found), survivors(target, found, workers, settings)


def main() -> int:
    """Judge the domains named, or all; 1 where a mutant survived unexplained."""
    parser = argparse.ArgumentParser(prog="python -m devtools.mutants", description=__doc__)
    parser.add_argument("domains", nargs="*", default=DOMAINS_OF_MONEY, help=f"some of {', '.join(DOMAINS_OF_MONEY)}")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    # A slow example is no failed one either, and every mutant is tried on the same ones.
    hypothesis.settings.register_profile("mutants", deadline=None, derandomize=True, database=None)
    hypothesis.settings.load_profile("mutants")
    # Plugins of pytest would be loaded anew for each mutant, and none is needed by pure tests.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOT))
    explained, made = reasons(), 0
    alive: list[Mutant] = []
    used: set[tuple[str, str, str]] = set()
    judged = targets(chosen.domains)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "pytest.ini"
        settings.write_text("[pytest]\n")
        for target in judged:
            count, survived = judge(target, chosen.workers, settings)
            new = [mutant for mutant in survived if mutant.place not in explained]
            used |= {mutant.place for mutant in survived} - {mutant.place for mutant in new}
            made, alive = made + count, alive + new
            print(f"{target.file}: {count} mutants, {count - len(survived)} killed, {len(new)} survived", flush=True)
            for mutant in new:
                print(f"  - {mutant.was}\n  + {mutant.becomes}", flush=True)
    files = {target.file for target in judged}
    stale = [place for place in explained if place[0] in files and place not in used]
    for file, was, becomes in stale:
        print(f"{REASONS.name} explains a mutant that does not survive: {file}: {was} -> {becomes}")
    told = {"mutants": made, "killed": made - len(alive) - len(used), "explained": len(used), "survived": len(alive)}
    print(json.dumps(told))
    return int(bool(alive or stale))


if __name__ == "__main__":
    sys.exit(main())
