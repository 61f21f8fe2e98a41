"""Disputes and inquiries: what they take, when they end, and what comes back."""

import pytest
import requests
import stripe

from tests.stripe_sandbox.words import AVAILABLE_AT_ONCE, Platform

DAY = 86_400
FRAUD, NOT_RECEIVED, INQUIRY = "4000000000000259", "4000000000002685", "4000000000001976"
CREATED, WITHDRAWN = "charge.dispute.created", "charge.dispute.funds_withdrawn"
UPDATED, CLOSED = "charge.dispute.updated", "charge.dispute.closed"
REINSTATED = "charge.dispute.funds_reinstated"


def disputed(platform: Platform, card: str = FRAUD, cents: int = 10000) -> stripe.Dispute:
    intent = platform.paid(cents, card)
    return platform.client.v1.disputes.list({"payment_intent": intent.id}).data[0]


def again(platform: Platform, dispute: stripe.Dispute) -> stripe.Dispute:
    return platform.client.v1.disputes.retrieve(dispute.id)


def answered(platform: Platform, dispute: stripe.Dispute, text: str) -> stripe.Dispute:
    return platform.client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}})


def dispute_events(platform: Platform) -> list[str]:
    return [kind for kind in platform.event_types() if kind.startswith("charge.dispute")]


@pytest.mark.parametrize(("card", "reason"), [(FRAUD, "fraudulent"), (NOT_RECEIVED, "product_not_received")])
def test_a_dispute_takes_the_amount_and_a_fee_at_once(platform: Platform, card: str, reason: str) -> None:
    dispute = disputed(platform, card)
    assert (dispute.reason, dispute.status, dispute.is_charge_refundable) == (reason, "needs_response", False)
    assert dispute_events(platform) == [CREATED, WITHDRAWN]
    assert platform.balance() == (-11500, 9680)
    [taken] = dispute.balance_transactions
    assert (taken.type, taken.reporting_category, taken.amount, taken.fee) == ("adjustment", "dispute", -10000, 1500)
    assert (taken.net, taken.fee_details[0].description, taken.source) == (-11500, "Dispute fee", dispute.id)
    assert platform.client.v1.charges.retrieve(str(dispute.charge)).disputed
    assert [one.id for one in platform.client.v1.disputes.list({"charge": str(dispute.charge)})] == [dispute.id]


def test_a_disputed_charge_cannot_be_refunded(platform: Platform) -> None:
    dispute = disputed(platform)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.client.v1.refunds.create({"charge": str(dispute.charge)})
    assert refused.value.code == "charge_disputed"


def test_what_a_dispute_took_cannot_be_transferred(platform: Platform) -> None:
    platform.sandbox.control("POST", "balance/available", {"amount": 12000, "currency": "usd"})
    disputed(platform)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        platform.transferred(501)
    assert refused.value.code == "balance_insufficient"
    assert platform.transferred(500).amount == 500


def test_winning_brings_the_amount_and_the_fee_back(platform: Platform) -> None:
    dispute = answered(platform, disputed(platform), "winning_evidence")
    assert (dispute.status, dispute.evidence_details.submission_count) == ("under_review", 1)
    dispute = again(platform, dispute)
    assert dispute.status == "won"
    assert [one.net for one in dispute.balance_transactions] == [-11500, 11500]
    assert dispute.balance_transactions[1].reporting_category == "dispute_reversal"
    assert platform.balance() == (0, 9680)
    assert dispute_events(platform) == [CREATED, WITHDRAWN, UPDATED, CLOSED, REINSTATED]
    assert platform.client.v1.refunds.create({"charge": str(dispute.charge)}).amount == 10000


def test_losing_leaves_it_all_taken(platform: Platform) -> None:
    dispute = again(platform, answered(platform, disputed(platform), "losing_evidence"))
    assert (dispute.status, platform.balance()) == ("lost", (-11500, 9680))
    assert dispute_events(platform) == [CREATED, WITHDRAWN, UPDATED, CLOSED]
    for attempt in (
        lambda: answered(platform, dispute, "winning_evidence"),
        lambda: platform.client.v1.disputes.close(dispute.id),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="status of lost"):
            attempt()


def test_evidence_may_be_staged_first_and_is_judged_when_submitted(platform: Platform) -> None:
    dispute = disputed(platform)
    update = platform.client.v1.disputes.update
    staged = update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False})
    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    assert staged.evidence_details.submission_count == 0
    update(dispute.id, {"submit": True, "metadata": {"by": "Alma"}})
    dispute = again(platform, dispute)
    assert (dispute.status, dispute.metadata["by"]) == ("won", "Alma")
    assert update(dispute.id, {"metadata": {"by": ""}}).metadata.to_dict() == {}


def test_other_evidence_stays_under_review_until_the_bank_decides(platform: Platform) -> None:
    dispute = answered(platform, disputed(platform), "She was there, here is the recording.")
    platform.sandbox.advance(30 * DAY)
    assert again(platform, dispute).status == "under_review"
    platform.sandbox.control("POST", f"disputes/{dispute.id}/decide", {"outcome": "won"})
    assert again(platform, dispute).status == "won"
    with pytest.raises(requests.HTTPError):
        platform.sandbox.control("POST", f"disputes/{dispute.id}/decide", {"outcome": "lost"})


def test_a_dispute_that_nobody_answers_is_lost_when_evidence_was_due(platform: Platform) -> None:
    dispute = disputed(platform)
    until = int(dispute.evidence_details.due_by or 0) - platform.sandbox.now
    platform.sandbox.advance(until - 5)
    assert again(platform, dispute).status == "needs_response"
    platform.sandbox.advance(6)
    dispute = again(platform, dispute)
    assert (dispute.status, dispute.evidence_details.past_due) == ("lost", True)
    closed = platform.client.v1.events.list({"type": CLOSED}).data[0]
    assert closed.created == int(dispute.evidence_details.due_by or 0) + 1


def test_giving_in_loses(platform: Platform) -> None:
    assert platform.client.v1.disputes.close(disputed(platform).id).status == "lost"
    assert dispute_events(platform) == [CREATED, WITHDRAWN, CLOSED]


@pytest.mark.parametrize("text", ["winning_evidence", "losing_evidence"])
def test_an_inquiry_moves_no_money_however_it_is_answered(platform: Platform, text: str) -> None:
    dispute = disputed(platform, INQUIRY)
    assert (dispute.status, dispute.balance_transactions) == ("warning_needs_response", [])
    assert dispute.payment_method_details.card.case_type == "inquiry"
    dispute = again(platform, answered(platform, dispute, text))
    assert (dispute.status, platform.balance()) == ("warning_closed", (0, 9680))
    assert dispute_events(platform) == [CREATED, UPDATED, CLOSED]


def test_an_inquiry_may_escalate_to_a_dispute_with_a_new_deadline(platform: Platform) -> None:
    dispute = disputed(platform, INQUIRY)
    platform.sandbox.advance(10 * DAY)
    dispute = again(platform, answered(platform, dispute, "escalate_inquiry_evidence"))
    assert (dispute.status, sum(platform.balance())) == ("needs_response", -1820)
    assert dispute_events(platform) == [CREATED, UPDATED, UPDATED, WITHDRAWN]
    platform.sandbox.advance(10 * DAY)
    assert again(platform, dispute).status == "needs_response"
    platform.sandbox.advance(6 * DAY)
    assert again(platform, dispute).status == "lost"


def test_a_full_refund_ends_an_inquiry(platform: Platform) -> None:
    dispute = disputed(platform, INQUIRY)
    platform.client.v1.refunds.create({"charge": str(dispute.charge), "amount": 4000})
    assert again(platform, dispute).status == "warning_needs_response"
    platform.client.v1.refunds.create({"charge": str(dispute.charge)})
    assert again(platform, dispute).status == "warning_closed"


def test_an_inquiry_that_goes_nowhere_closes_after_months(platform: Platform) -> None:
    dispute = disputed(platform, INQUIRY)
    platform.sandbox.advance(20 * DAY)
    dispute = again(platform, dispute)
    assert (dispute.status, dispute.evidence_details.past_due) == ("warning_needs_response", True)
    platform.sandbox.advance(100 * DAY)
    assert again(platform, dispute).status == "warning_closed"


def test_an_authorisation_is_disputed_only_once_it_is_captured(platform: Platform) -> None:
    intent = platform.paid(10000, FRAUD, payment_intent_data={"capture_method": "manual"})
    assert platform.client.v1.disputes.list().data == []
    platform.client.v1.payment_intents.capture(intent.id)
    assert len(platform.client.v1.disputes.list().data) == 1


def test_any_charge_can_be_disputed_later_in_whole_or_in_part_but_once(platform: Platform) -> None:
    intent = platform.paid(10000)
    platform.sandbox.advance(20 * DAY)
    order = {"payment_intent": intent.id, "reason": "product_unacceptable", "amount": 2500}
    dispute = platform.sandbox.control("POST", "disputes", order)
    assert (dispute["amount"], dispute["reason"], platform.balance()) == (2500, "product_unacceptable", (5680, 0))
    for senseless in (order, {"charge": "ch_nobody"}, {"charge": dispute["charge"], "reason": "mood"}):
        with pytest.raises(requests.HTTPError):
            platform.sandbox.control("POST", "disputes", senseless)
    with pytest.raises(requests.HTTPError):
        platform.sandbox.control("POST", "disputes/du_nobody/decide", {"outcome": "won"})


def test_a_refund_that_still_waited_fails_when_the_charge_is_disputed(platform: Platform) -> None:
    intent = platform.paid(20000, AVAILABLE_AT_ONCE)
    platform.transferred(19000)
    refund = platform.client.v1.refunds.create({"payment_intent": intent.id, "amount": 15000})
    platform.sandbox.control("POST", "disputes", {"payment_intent": intent.id})
    refund = platform.client.v1.refunds.retrieve(refund.id)
    assert (refund.status, refund.failure_reason) == ("failed", "charge_for_pending_refund_disputed")
    assert refund.failure_balance_transaction is None


def test_a_dispute_in_a_currency_without_decimals_costs_fifteen_units(platform: Platform) -> None:
    intent = platform.paid(5000, FRAUD, currency="jpy")
    dispute = platform.client.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert dispute.balance_transactions[0].fee == 15


def test_what_a_lost_dispute_was_not_about_can_be_refunded(platform: Platform) -> None:
    intent = platform.paid(10000)
    opened = platform.sandbox.control(
        "POST", "disputes", {"payment_intent": intent.id, "amount": 6000, "reason": "fraudulent"}
    )
    refund = platform.client.v1.refunds.create
    for outcome, amount in (("", 4000), ("lost", 4001)):
        if outcome:
            platform.sandbox.control("POST", f"disputes/{opened['id']}/decide", {"outcome": outcome})
        with pytest.raises(stripe.InvalidRequestError) as refused:
            refund({"payment_intent": intent.id, "amount": amount})
        assert refused.value.code == "charge_disputed"
    assert refund({"payment_intent": intent.id, "amount": 4000}).status == "succeeded"


def test_an_appeal_that_is_won_brings_back_what_was_lost(platform: Platform) -> None:
    dispute = again(platform, answered(platform, disputed(platform), "losing_evidence"))
    platform.sandbox.control("POST", f"disputes/{dispute.id}/decide", {"outcome": "won"})
    assert (again(platform, dispute).status, sum(platform.balance())) == ("won", 9680)
    assert dispute_events(platform)[-2:] == [CLOSED, REINSTATED]


def test_evidence_is_limited_by_the_text_and_all_together(platform):
    dispute = disputed(platform)
    texts = """access_activity_log cancellation_policy_disclosure cancellation_rebuttal duplicate_charge_explanation
        product_description refund_policy_disclosure refund_refusal_explanation uncategorized_text""".split()  # noqa: SIM905
    for evidence in ({"product_description": "x" * 20001}, dict.fromkeys(texts, "x" * 19000)):
        with pytest.raises(stripe.InvalidRequestError):
            platform.client.v1.disputes.update(dispute.id, {"evidence": evidence})
    assert platform.client.v1.disputes.retrieve(dispute.id).evidence_details.submission_count == 0
