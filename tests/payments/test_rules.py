"""Statuses move forward only, whatever order Stripe's words come in."""

from datetime import timedelta

import pytest

from marketplace.languages import Preferences, speaking
from marketplace.payments import rules


@pytest.mark.parametrize(
    ("page", "intent", "status"),
    [
        ("open", None, "pending"),
        ("open", "requires_payment_method", "pending"),
        ("complete", "processing", "pending"),
        ("complete", "requires_payment_method", "failed"),
        ("complete", "succeeded", "paid"),
        ("complete", "requires_capture", "authorized"),
        ("complete", "canceled", "cancelled"),
        ("expired", None, "cancelled"),
        ("expired", "requires_payment_method", "cancelled"),
        ("expired", "succeeded", "paid"),
    ],
)
def test_the_intent_decides_and_then_the_page(page, intent, status):
    assert rules.status_at_stripe(page, intent) == status


def test_paid_is_never_taken_back_by_a_late_message():
    assert rules.PAYMENT_STATES.final == {"paid", "cancelled", "failed"}
    assert not rules.PAYMENT_STATES.allows("cancelled", "authorized")


@pytest.mark.parametrize(
    ("word", "status"),
    [("succeeded", "succeeded"), ("failed", "failed"), ("canceled", "failed"), ("requires_action", "pending")],
)
def test_a_refund_is_pending_until_it_is_settled(word, status):
    assert rules.refund_status_at_stripe(word) == status


def test_a_refund_that_succeeded_may_still_fail():
    assert rules.REFUND_STATES.allows("succeeded", "failed")


@pytest.mark.parametrize(("status", "back", "rest"), [("paid", 0, 100), ("paid", 40, 60), ("pending", 0, 0)])
def test_only_what_was_paid_can_go_back(status, back, rest):
    assert rules.refundable_cents(status, 100, back) == rest


@pytest.mark.parametrize(
    ("held", "lost", "covered"),
    [
        ([12000], 12000, [12000]),
        ([12000], 5000, [5000]),
        ([3000, 4000], 5000, [3000, 2000]),
        ([3000, 1000, 500], 4200, [3000, 1000, 200]),
        ([10], 0, [0]),
        ([], 9, []),
    ],
)
def test_a_lost_dispute_pays_the_oldest_refunds_that_waited(held, lost, covered):
    assert rules.split_loss(held, lost) == covered


@pytest.mark.parametrize(
    ("status", "open_", "lost"),
    [
        ("warning_needs_response", False, False),
        ("needs_response", True, False),
        ("under_review", True, False),
        ("lost", False, True),
        ("appeal_under_review", False, True),
        ("won", False, False),
    ],
)
def test_money_is_at_stake_while_a_dispute_is_open_and_gone_when_it_is_lost(status, open_, lost):
    assert (status in rules.OPEN_DISPUTES, status in rules.LOST_DISPUTES) == (open_, lost)


def test_an_appeal_that_is_lost_is_lost_again():
    assert rules.is_news("appeal_under_review", "lost")
    assert not rules.is_news("won", "lost")


def test_a_word_that_stripe_never_said_before_is_no_old_news():
    with pytest.raises(KeyError, match="under_mediation"):
        rules.is_news("needs_response", "under_mediation")


def test_what_stripe_does_not_know_costs_a_call_an_hour_and_what_it_has_not_settled_no_more_once_that_is_due():
    assert timedelta(days=1) / rules.MISSING_ASKED_EVERY == 24
    assert rules.SETTLED_WITHIN == rules.MISSING_ASKED_EVERY


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        ("lost_or_stolen_card", "The card was reported as lost or stolen."),
        (
            "Charge ch_1 is too old. (charge_not_refundable, req_1)",
            "Charge ch_1 is too old. (charge_not_refundable, req_1)",
        ),
        (None, ""),
    ],
)
def test_a_code_of_a_failed_refund_is_a_sentence_and_words_stay_as_they_are(failure, told):
    assert rules.refund_failure_told(failure) == told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("insufficient_funds", "There is not enough money in the account."),
        ("incorrect_cvc", "The card's security code is not right."),
        ("authentication_required", "The payment was not confirmed with the bank."),
        # Stripe asks that nobody is told of these more than that it was declined.
        ("stolen_card", "The bank declined the payment."),
        ("generic_decline", "The bank declined the payment."),
        ("a_code_of_tomorrow", "The bank declined the payment."),
        (None, "The bank declined the payment."),
    ],
)
def test_why_a_payment_failed_is_said_in_our_words(code, told):
    assert rules.payment_failure_told(code) == told
    with speaking(Preferences("ar-XB")):
        assert str(rules.payment_failure_told(code)).startswith("⟦")
