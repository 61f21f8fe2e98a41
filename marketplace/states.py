"""State machines: which state may follow which, as a table that is asked and drawn. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marketplace.errors import Conflict


class TransitionRefused(Conflict):
    """This has moved on in the meantime, so that cannot happen to it any more."""


def among(states: Iterable[str], column: str = "status") -> str:
    """Some states as an SQL condition: "status in ('open', 'done')"."""
    known = ", ".join(f"'{state}'" for state in states)
    return f"{column} in ({known})"


@dataclass(frozen=True)
class StateMachine:
    """The states of one kind of row: `following` says which may come after each, `initial` in which a row is made."""

    name: str
    initial: frozenset[str]
    following: Mapping[str, frozenset[str]]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the table."""
        return tuple(self.following)

    @property
    def final(self) -> frozenset[str]:
        """The states that nothing follows."""
        return frozenset(state for state, following in self.following.items() if not following)

    def allows(self, state: str, to: str) -> bool:
        """May a row in `state` move to `to`? KeyError where the table does not know one of the two."""
        if to not in self.following:
            raise KeyError(to)
        return to in self.following[state]

    def check(self, state: str, to: str) -> None:
        """Raise TransitionRefused, naming both states in its details, where `to` may not follow `state`."""
        if not self.allows(state, to):
            raise TransitionRefused(machine=self.name, state=state, to=to)

    def before(self, to: str) -> frozenset[str]:
        """The states from which a row may move to `to`: the condition of a bulk update."""
        return frozenset(state for state, following in self.following.items() if to in following)

    def among(self, states: Iterable[str], column: str = "status") -> str:
        """Some of the states as an SQL condition, in the order of the table; ValueError where it does not know one."""
        return among(self._ordered(states), column)

    def constraint(self, column: str = "status") -> str:
        """The states as the condition of a CHECK: "status in ('open', 'done')"."""
        return among(self.states, column)

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram; the same table gives the same text."""
        lines = ["stateDiagram-v2"]
        lines += [f"    [*] --> {state}" for state in self.states if state in self.initial]
        for state, following in self.following.items():
            lines += [f"    {state} --> {to}" for to in self._ordered(following)]
            lines += [] if following else [f"    {state} --> [*]"]
        return "\n".join(lines)

    def _ordered(self, states: Iterable[str]) -> list[str]:
        return sorted(states, key=self.states.index)
