"""What must be true of asks and what follows of them once everything has settled."""

from collections.abc import Iterator

from devtools.chaos import ask_queries as queries
from devtools.chaos.invariants import Check, Scene, told


def no_ask_waits_for_ever(scene: Scene) -> Iterator[tuple[str, int]]:
    """After its time an ask has been answered, sold or ended, and so has what was offered or waits for it."""
    yield from told(scene.ask(queries.STRAY_ASKS))


def no_purchase_waits_for_ever(scene: Scene) -> Iterator[tuple[str, int]]:
    """A credit, an answer, a report, a free session and an overrun end in time."""
    yield from told(scene.ask(queries.STRAY_PURCHASES))


def a_quote_is_paid_once(scene: Scene) -> Iterator[tuple[str, int]]:
    """One session, credit, written answer or free session at most comes of an ask, and of a quote."""
    yield from told(scene.ask(queries.QUOTES_PAID_TWICE))


def a_budget_is_never_overspent(scene: Scene) -> Iterator[tuple[str, int]]:
    """No coach gives more in a month than they ever chose to."""
    yield from told(scene.ask(queries.BUDGET_OVERSPENT))


def an_invitation_becomes_its_session(scene: Scene) -> Iterator[tuple[str, int]]:
    """What an organiser paid for is the event that their calendar has."""
    yield from told(scene.ask(queries.INVITED_TO_ANOTHER))


def what_was_said_counts_once(scene: Scene) -> Iterator[tuple[str, int]]:
    """Who said that an earlier answer was enough is counted once."""
    yield from told(scene.ask(queries.SAID_TWICE))


def what_was_given_is_taken_back_once(scene: Scene) -> Iterator[tuple[str, int]]:
    """Minutes given away are cancelled by one entry, wholly, or stand."""
    yield from told(scene.ask(queries.TAKEN_BACK_WRONGLY))


def everybody_was_told_how_an_ask_ended(scene: Scene) -> Iterator[tuple[str, int]]:
    """The end of an ask was told to the other one."""
    yield from told(scene.ask(queries.UNTOLD_ASKS))


ASK_INVARIANTS: dict[str, Check] = {
    each.__name__: each
    for each in (
        no_ask_waits_for_ever,
        no_purchase_waits_for_ever,
        a_quote_is_paid_once,
        a_budget_is_never_overspent,
        an_invitation_becomes_its_session,
        what_was_said_counts_once,
        what_was_given_is_taken_back_once,
        everybody_was_told_how_an_ask_ended,
    )
}
