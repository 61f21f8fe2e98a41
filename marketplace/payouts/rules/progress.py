"""How far a run is."""

from collections.abc import Collection
from dataclasses import dataclass

from marketplace.payouts.rules.states import APPROVED, PROPOSED, SENDING


@dataclass(frozen=True)
class RunProgress:
    """How many of a run's payouts need nothing of the worker any more, of how many."""

    done: int
    payouts: int

    @property
    def is_over(self) -> bool:
        """Has the worker nothing left to do?"""
        return self.done == self.payouts


def progress(shown_states: Collection[str]) -> RunProgress | None:
    """By the payouts' states as they are shown; None of a run that is not approved yet."""
    if PROPOSED in shown_states:
        return None
    # What waits, or waits for a person's transfer, is shown as such.
    return RunProgress(sum(state not in (APPROVED, SENDING) for state in shown_states), len(shown_states))
