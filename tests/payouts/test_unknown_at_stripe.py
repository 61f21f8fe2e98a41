"""What Stripe does not know any more ends in a state that a person sees, and admins are told once."""

import pytest

from marketplace.audit.queries import timeline_of
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.stripe_inbox import handlers

GONE = {"status": 404, "type": "invalid_request_error", "code": "resource_missing", "message": "No such object"}


@pytest.fixture
def told(mailbox, alma, run_jobs):
    """Which subjects an admin was told since the last look that name something."""

    def told(words):
        run_jobs()
        return [mail for mail in mailbox.to(alma.email) if words in mail["Subject"]]

    return told


@pytest.fixture
def paid(ada, earn, bank, approved, stripe, run_jobs):
    """A payout that Stripe has transferred."""
    bank(ada)
    earn(ada)
    stripe.add_available(100_000)
    (payout,) = approved()
    run_jobs()
    assert payout.status == "paid"
    return payout


def heard(kind, object_id):
    return handlers.handle({"type": kind, "data": {"object": {"id": object_id}}})


def test_a_transfer_that_stripe_does_not_know_any_more_stays_paid_and_admins_look(paid, stripe, told):
    for _ in range(2):
        stripe.refuse("/v1/transfers/*", **GONE)
        assert "does not know this" in heard("transfer.updated", paid.stripe_id)
    assert run_queries.find(str(paid.id)).status == "paid"
    assert [entry.action for entry in timeline_of(paid.id)].count("transfer.missing") == 1
    (mail,) = told("does not know a transfer")
    words = mail.get_body(("plain",)).get_content()
    assert paid.stripe_id in words
    assert f"/admin/payouts/{paid.run_id}" in words


def test_a_transfer_of_nobody_here_is_told_to_nobody(stripe, told):
    assert "does not know this" in heard("transfer.updated", "tr_nobody")
    assert told("does not know a transfer") == []


def test_a_payout_to_an_account_that_is_gone_fails_with_stripes_words_and_the_coach_hears_of_the_account(
    ada, alma, api, earn, bank, approved, stripe, run_jobs, told, mailbox
):
    account = bank(ada)
    earn(ada)
    stripe.add_available(100_000)
    stripe.refuse("/v1/transfers", method="POST", **GONE)
    stripe.refuse("/v2/core/accounts/*", **GONE)
    (payout,) = approved()
    run_jobs()
    found = run_queries.find(str(payout.id))
    assert (found.status, found.reason.code) == ("failed", "stripe_said")
    assert balance(f"coach:{ada.id}", "usd") == found.amount_cents, "it is the coach's still"
    assert bank_account_queries.account(str(account.id)).capability_status == "gone"
    assert len(told("bank of Ada takes no payouts")) == 1
    assert any("takes no payouts any more" in mail["Subject"] for mail in mailbox.to(ada.user.email))
    (to_coach,) = [each["reason"] for each in api(ada.user).get("/coach/balance").json["payouts"]]
    run = api(alma).get(f"/admin/payout-runs/{payout.run_id}").json
    (to_admin,) = [each["reason"] for each in run["payouts"]]
    said = "Our payment provider did not take it. Our admins have been told."
    assert to_coach == {"code": "stripe_said", "parameters": {}, "sentence": said}
    assert to_admin["sentence"] == to_admin["parameters"]["words"]
    assert GONE["message"] in to_admin["sentence"]


def test_a_reversal_of_a_transfer_that_stripe_does_not_know_fails_and_admins_are_told(paid, alma, stripe, told):
    stripe.refuse("/v1/transfers/*/reversals", method="POST", **GONE)
    reversal = payout_reversals.reverse_payout(
        alma, payout_id=paid.id, cents=1000, reason="Sent twice.", expected_left_cents=paid.amount_cents
    )
    assert len(told("not reversed")) == 1
    assert reversal_queries.reversal(alma, reversal.id).status == "failed"
    assert reversal_queries.left_to_reverse(paid) == paid.amount_cents


def test_a_dispute_that_stripe_does_not_know_any_more_stays_open_and_admins_look(paid, earn, ada, stripe, told):
    booking = earn(ada)
    dispute = stripe.dispute(booking.payment.charge_id, reason="fraudulent")["id"]
    payment_disputes.sync_dispute(dispute)
    for _ in range(2):
        stripe.refuse("/v1/disputes/*", **GONE)
        assert "does not know this" in heard("charge.dispute.updated", dispute)
    known = payments.dispute_by_stripe_id(dispute)
    assert (known.status, known.closed_at) == ("needs_response", None)
    (mail,) = told("does not know a dispute")
    assert f"/admin/disputes/{known.id}" in mail.get_body(("plain",)).get_content()


def test_a_payout_of_a_coachs_bank_is_read_from_the_account_alone(ada, bank, stripe):
    account = bank(ada).stripe_id
    event = {"type": "payout.failed", "account": account, "data": {"object": {"id": "po_nobody"}}}
    assert handlers.handle(event) is None
    assert bank_account_queries.account(account).ready
