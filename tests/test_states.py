"""What a table of states answers."""

import pytest

from marketplace.states import StateMachine, TransitionRefused

LAMP = StateMachine(
    "lamp",
    frozenset({"off"}),
    {"off": frozenset({"on", "broken"}), "on": frozenset({"off", "broken"}), "broken": frozenset()},
)


@pytest.mark.parametrize(
    ("state", "to", "allowed"),
    [("off", "on", True), ("on", "off", True), ("on", "on", False), ("broken", "on", False), ("off", "broken", True)],
)
def test_the_table_decides(state, to, allowed):
    assert LAMP.allows(state, to) is allowed
    if allowed:
        LAMP.check(state, to)
    else:
        with pytest.raises(TransitionRefused) as refused:
            LAMP.check(state, to)
        assert refused.value.details == {"machine": "lamp", "state": state, "to": to}


@pytest.mark.parametrize(("state", "to"), [("dimmed", "on"), ("on", "dimmed")])
def test_a_state_that_nobody_knows_is_a_mistake_of_the_program(state, to):
    with pytest.raises(KeyError, match="dimmed"):
        LAMP.allows(state, to)


def test_it_knows_its_ends_and_where_one_may_come_from():
    assert LAMP.final == {"broken"}
    assert LAMP.before("broken") == {"off", "on"}
    assert LAMP.before("on") == {"off"}


def test_it_is_drawn_in_the_order_of_the_table():
    assert LAMP.mermaid() == (
        "stateDiagram-v2\n    [*] --> off\n    off --> on\n    off --> broken\n    on --> off\n    on --> broken\n"
        "    broken --> [*]"
    )
