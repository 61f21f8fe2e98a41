"""`python -m devtools.states`: draw every state machine of the house into docs/states.md."""

import importlib
import pkgutil
from pathlib import Path

import marketplace
from marketplace.states import StateMachine

DRAWING = Path(__file__).parent.parent / "docs" / "states.md"
HEAD = """# States

Drawn from the tables in the code by `make states`; nothing here is written by hand. A row begins where an arrow comes
out of the dot, and moves only along an arrow: the one function that assigns a status asks the same table.
"""


def machines() -> dict[str, StateMachine]:
    """Every state machine that rules declare, by its name; raises ValueError where two have one name."""
    found: dict[str, StateMachine] = {}
    for module in pkgutil.walk_packages(marketplace.__path__, "marketplace."):
        if "rules" not in module.name.split("."):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, StateMachine) and found.setdefault(value.name, value) is not value:
                raise ValueError(f"two state machines are called {value.name}")
    return dict(sorted(found.items()))


def drawn() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(f"## {name}\n\n```mermaid\n{one.mermaid()}\n```\n" for name, one in machines().items())])


if __name__ == "__main__":
    DRAWING.write_text(drawn())
