"""What every state machine is tried with: each pair of states, and the states that the database knows."""

import re
from itertools import product

from sqlalchemy import text

from marketplace.db import session
from marketplace.states import StateMachine


def every_pair(machine: StateMachine) -> list[tuple[str, str]]:
    """Every state with every state, itself included, in the order of the table."""
    return list(product(machine.states, repeat=2))


def states_of_the_database(table: str, column: str = "status") -> set[str]:
    """The states that the table's CHECK of nothing but this column admits."""
    asked = text(
        "select pg_get_constraintdef(oid) from pg_constraint where contype = 'c' and conrelid = cast(:name as regclass)"
    )
    written = session().scalars(asked, {"name": table}).all()
    (listed,) = [check for check in written if check.startswith(f"CHECK (({column} = ANY (")]
    return set(re.findall(r"'([a-z_]+)'", listed))
