"""Every status against every other, so that no exchange of a comparison goes unnoticed."""

from itertools import product

import pytest

from marketplace.payments import rules

# The first is one that Stripe does not know, and comes before the others in the alphabet.
PAGES = ("abandoned", "open", "complete", "expired")
SETTLED = {"succeeded": "paid", "requires_capture": "authorized", "canceled": "cancelled"}
OPEN = (None, "processing", "requires_action", "requires_payment_method")
DISPUTES = {
    # Stripe's word: does it keep earnings back, has the bank decided
    "warning_needs_response": (False, False),
    "warning_under_review": (False, False),
    "needs_response": (True, False),
    "under_review": (True, False),
    "lost": (False, True),
    "appeal_needs_response": (False, False),
    "appeal_under_review": (False, False),
    "prevented": (False, True),
    "warning_closed": (False, True),
    "won": (False, True),
}


def told(word):
    """A word as it comes over a wire: equal to ours and not the same object."""
    return None if word is None else "".join(list(word))


@pytest.mark.parametrize(("page", "intent"), list(product(PAGES, [*SETTLED, *OPEN])))
def test_where_the_money_is_by_page_and_intent(page, intent):
    expected = "cancelled" if page == "expired" else "pending"
    if (page, intent) == ("complete", "requires_payment_method"):
        expected = "failed"
    assert rules.status_at_stripe(told(page), told(intent)) == SETTLED.get(intent, expected)


@pytest.mark.parametrize(("page", "intent"), list(product(PAGES, [*SETTLED, *OPEN])))
def test_money_is_under_way_where_the_page_is_complete_and_its_intent_is_not(page, intent):
    assert rules.is_settling(told(page), told(intent)) is (
        page == "complete" and intent in ("processing", "requires_action")
    )


@pytest.mark.parametrize("status", rules.PAYMENT_STATES.states)
def test_only_of_what_was_paid_something_can_go_back(status):
    assert rules.refundable_cents(told(status), 100, 40) == (60 if status == "paid" else 0)


def test_statuses_of_payments_and_refunds_move_as_the_table_says():
    assert {
        "pending": {"authorized", "paid", "cancelled", "failed"},
        "authorized": {"paid", "cancelled", "failed"},
        "paid": set(),
        "cancelled": set(),
        "failed": set(),
    } == rules.PAYMENT_STATES.following
    assert {
        "intended": {"pending", "succeeded", "failed", "held"},
        "held": {"intended", "covered"},
        "covered": {"intended"},
        "pending": {"succeeded", "failed"},
        "succeeded": {"failed"},
        "failed": set(),
    } == rules.REFUND_STATES.following


@pytest.mark.parametrize(("known", "heard"), list(product(DISPUTES, DISPUTES)))
def test_a_dispute_moves_to_the_right_only_unless_an_appeal_is_lost(known, heard):
    order = list(DISPUTES)
    lost_again = known.startswith("appeal") and heard == "lost"
    assert rules.is_news(told(known), told(heard)) is (lost_again or order.index(heard) >= order.index(known))
    assert rules.DISPUTE_STATES.allows(known, heard) is (lost_again or order.index(heard) > order.index(known))


@pytest.mark.parametrize(("status", "expected"), list(DISPUTES.items()))
def test_what_a_dispute_keeps_back_and_whether_it_is_decided(status, expected):
    assert (told(status) in rules.OPEN_DISPUTES, told(status) in rules.DECIDED_DISPUTES) == expected


@pytest.mark.parametrize("status", ["charge_refunded", *DISPUTES])
def test_the_payer_has_the_money_when_it_is_lost_and_while_we_appeal(status):
    assert (told(status) in rules.LOST_DISPUTES) is (status in {"lost", "appeal_needs_response", "appeal_under_review"})


def test_sets_of_statuses_are_those_that_the_tables_give():
    assert {"pending", "authorized"} == rules.UNDECIDED
    assert {"cancelled", "failed"} == rules.LAPSED
    assert {*rules.UNSETTLED_REFUNDS, *rules.SETTLED_REFUNDS, rules.HELD} == set(rules.REFUND_STATES.states)
    assert {"prevented", "warning_closed", "won"} == rules.CLOSED_WITHOUT_LOSS


def test_a_dispute_waits_for_evidence_in_two_states():
    assert {"warning_needs_response", "needs_response"} == rules.NEEDS_RESPONSE
