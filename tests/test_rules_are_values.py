"""What holds for the rules of every domain: what they decide stays as it was decided, and amounts have names."""

import dataclasses
import importlib
import inspect
from pathlib import Path
from types import ModuleType

import pytest

HOUSE = Path(__file__).parent.parent / "marketplace"
MODULES = sorted(
    ".".join(file.relative_to(HOUSE.parent).with_suffix("").parts)
    for file in {*HOUSE.rglob("rules.py"), *HOUSE.rglob("rules/*.py")}
    if file.stem != "__init__"
)


def own(module: ModuleType, kind: type) -> list:
    """What a module itself defines of a kind."""
    return [each for each in vars(module).values() if isinstance(each, kind) and each.__module__ == module.__name__]


@pytest.mark.parametrize("name", MODULES)
def test_what_was_decided_is_not_changed_before_it_is_acted_on(name):
    """A quote is shown, then charged: nothing in between may write to it."""
    values = [each for each in own(importlib.import_module(name), type) if dataclasses.is_dataclass(each)]
    assert [each.__name__ for each in values if not each.__dataclass_params__.frozen] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_input_of_a_rule_can_be_given_by_its_name(name):
    """Two amounts, or two instants, that are told apart by their order alone are sooner or later exchanged."""
    functions = own(importlib.import_module(name), type(own))
    kinds = {
        f"{each.__name__}({parameter.name})": parameter.kind
        for each in functions
        for parameter in inspect.signature(each).parameters.values()
    }
    assert [place for place, kind in kinds.items() if kind is inspect.Parameter.POSITIONAL_ONLY] == []
