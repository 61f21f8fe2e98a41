"""Everything that is written into the audit trail has words for people."""

import ast

import pytest

from marketplace.asks.rules.states import STATES as ASKS
from marketplace.attendance.transitions import ACTIONS as OF_REPORTS
from marketplace.audit.rules import ACTIONS, LOOKS, words
from marketplace.authentication import admin_reads_table
from marketplace.bookings.rules import STATES as BOOKINGS
from marketplace.bookings.waitlist_entries.rules import STATES as WAITLIST
from marketplace.coaches.rules import STATES as COACHES
from marketplace.payments.rules import DISPUTE_STATES, PAYMENT_STATES, REFUND_STATES
from marketplace.payouts.rules.states import PAYOUT_STATES, REVERSAL_STATES, RUN_STATES
from tests import source

pytestmark = pytest.mark.pure


def written() -> set[str]:
    """Actions that stand in the source as they are written into the trail."""
    found = set()
    for file in source.HOUSE.rglob("*.py"):
        for node in ast.walk(source.tree(file)) if "record(" in source.text(file) else ():
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "record":
                found |= {each.value for each in node.args[1:2] if isinstance(each, ast.Constant)}
    return found


def reached() -> set[str]:
    """Actions that are the name of a thing and the state that it goes to."""
    machines = {
        "ask": ASKS,
        "booking": BOOKINGS,
        "coach": COACHES,
        "payment": PAYMENT_STATES,
        "refund": REFUND_STATES,
        "payout": PAYOUT_STATES,
        "payout_reversal": REVERSAL_STATES,
        "payout_run": RUN_STATES,
        "waitlist": WAITLIST,
    }
    return {
        f"{name}.{state}"
        for name, machine in machines.items()
        for following in machine.following.values()
        for state in following
    }


def test_every_action_has_words():
    recorded = written()
    assert len(recorded) > 80
    assert sorted((recorded | reached() | set(OF_REPORTS.values())) - set(ACTIONS)) == []


def test_every_kind_of_data_that_is_looked_at_has_words():
    kinds = {
        *admin_reads_table.OF_ADMINS.values(),
        *admin_reads_table.ENDPOINTS_OF_ADMINS.values(),
        *admin_reads_table.SHARED.values(),
    }
    assert kinds - set(LOOKS) == set()


@pytest.mark.parametrize(
    ("action", "what", "said"),
    [
        ("bank.begun", "", "Began to connect a bank"),
        ("personal_data.read", "payouts", "Looked at payouts"),
        ("personal_data.read", "", "Looked at people's data"),
        ("payout.taken_back", "", "Payout: taken back"),
        ("dispute.charge_refunded", "", "Dispute: charge refunded"),
    ],
)
def test_an_action_is_said_in_words(action, what, said):
    assert words(action, what) == said


def test_words_of_disputes_are_those_of_stripe():
    assert {f"dispute.{state}" for state in DISPUTE_STATES.states} & set(ACTIONS)
