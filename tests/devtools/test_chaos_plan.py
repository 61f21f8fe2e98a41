"""The plan of a run of chaos: fixed by its seed, and with something of everything in it."""

import pytest

from devtools.chaos import plan, stripe_faults
from devtools.chaos.operations import OPERATIONS


def test_the_same_seed_plans_the_same_and_another_something_else():
    assert plan.draw(300, 7) == plan.draw(300, 7)
    assert plan.draw(300, 7) != plan.draw(300, 8)


def test_everything_that_is_planned_can_be_done():
    assert {name for name, _role, _weight in plan.OPERATIONS} <= OPERATIONS.keys()


@pytest.mark.parametrize("operations", [1, 60, 5000])
def test_strokes_are_in_order_and_none_comes_after_the_end(operations):
    drawn = plan.draw(operations, 3)
    injected = [fault.at for fault in drawn.faults]
    assert len(drawn.operations) == operations
    assert injected == sorted(injected)
    assert all(0 <= at <= operations for at in injected)


def test_even_a_short_run_kills_everything_once():
    kinds = {fault.kind for fault in plan.draw(60, 5).faults}
    assert kinds >= {"time_passes", "stripe", "worker_killed", "web_killed", "postgres_restarted", "webhooks_well"}


def test_what_disturbs_the_webhooks_is_made_good_before_the_next_disturbance():
    about = [fault for fault in plan.draw(2000, 9).faults if fault.kind.startswith("webhooks")]
    assert about
    for disturbed, well in zip(about[::2], about[1::2], strict=True):
        assert (well.kind, well.how["after"]) == ("webhooks_well", disturbed.kind)


def test_a_long_run_has_every_operation_and_every_failure_of_stripes():
    drawn = plan.draw(5000, 1)
    assert {operation.name for operation in drawn.operations} == {name for name, _role, _weight in plan.OPERATIONS}
    injected = {fault.how["kind"] for fault in drawn.faults if fault.kind == "stripe"}
    assert injected == {kind for kind, _weight in stripe_faults.STRIPE_FAULTS}
    refused = {fault.how["words"] for fault in drawn.faults if fault.kind == "refusal"}
    assert refused == {words for words, *_call in stripe_faults.REFUSALS}
    for words in (words for words, *_answer in stripe_faults.OUTAGES):
        assert [fault for fault in drawn.faults if fault.kind == "outage" and fault.how["words"] == words]


@pytest.mark.parametrize("operations", [100, 2000])
def test_stripe_is_back_before_it_is_away_again(operations):
    about = [fault for fault in plan.draw(operations, 4).faults if fault.kind.startswith("outage")]
    assert [fault.kind for fault in about] == ["outage", "outage_over"] * (len(about) // 2)
    assert about
