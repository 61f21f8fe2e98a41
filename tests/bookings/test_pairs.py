"""Every two commands on one booking, in each order: what both are told, what becomes of it, of the money, which mails.

The table is `pairs.txt`; read it as `state: first, second -> answers; state; money at Stripe; mails`.
"""

import pytest

from tests import pairs
from tests.factories import a_person, an_offering
from tests.found import some
from tests.invariants.conftest import broken

# Two hundred scenes with Stripe and mails: minutes.
pytestmark = pytest.mark.slow

FEE_OF_A_CAPTURE = "3.78 fees"


@pytest.fixture
def people(ada, mia, alma, moment):
    """Whoever does something."""
    return mia, ada, alma, a_person("Noor")


@pytest.fixture
def state(request):
    """The state in which the booking begins."""
    return request.param


@pytest.fixture
def scene(state, people, moment, stripe, run_jobs):
    """The booking in its state, all jobs done."""
    mentee, coach, admin, stranger = people
    offering = an_offering(coach, by_approval=state == "requested")
    found = pairs.Scene(None, mentee, coach.user, admin, stranger, offering, moment, stripe)
    return pairs.begin(state, found, run_jobs)


@pytest.mark.parametrize(("state", "first", "second"), pairs.pairs(), indirect=["state"])
def test_what_two_commands_come_to_one_after_the_other(scene, state, first, second, run_jobs):
    commands = pairs.COMMANDS[state]
    answers = [pairs.said(scene, commands[name]) for name in (first, second)]
    run_jobs()
    seen = f"{answers[0]}, {answers[1]}; {pairs.outcome(scene)}"
    assert seen == pairs.expected().get(f"{state}: {first}, {second}")
    assert broken(settled=True) <= {"holds_end"}


def test_the_table_names_every_pair_and_no_other():
    assert set(pairs.expected()) == {f"{state}: {first}, {second}" for state, first, second in pairs.pairs()}


def test_nobody_pays_a_fee_for_money_that_was_taken_only_to_be_refunded_at_once():
    """A request that its mentee cancels is either captured and confirmed, or not captured at all."""
    requested = ((pair, outcome) for pair, outcome in pairs.expected().items() if pair.startswith("requested"))
    for pair, outcome in some(requested):
        assert (FEE_OF_A_CAPTURE in outcome) == ("confirmed" in outcome or "120.00 back" in outcome), pair
        assert "too late and is refunded" not in outcome, pair


def test_nobody_is_told_one_thing_twice():
    for pair, outcome in some(pairs.expected().items()):
        for whose in some(outcome.split("; ")[-2:], least=2):
            # Two moves are two facts.
            told = [each for each in whose.split(": ", 1)[1].split(" + ") if not each.startswith("Moved")]
            assert len(told) == len(set(told)), pair
