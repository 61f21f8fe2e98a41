"""After a normal month nothing differs: not payouts to our own bank, not top-ups, not Connect's fees."""

import pytest
import requests

from marketplace.ledger.queries.balances import balance, balances
from marketplace.payments import queries as payments
from marketplace.payments.service import refunds
from marketplace.reconciliation import service
from tests.factories import an_admin


def pays_out_to_our_bank(stripe, cents):
    answer = requests.post(
        f"{stripe.url}/v1/payouts",
        data={"amount": cents, "currency": "usd"},
        headers={"Authorization": f"Bearer {stripe.secret_key}"},
        timeout=60,
    )
    answer.raise_for_status()
    return answer.json()


def agrees(stripe):
    report = service.reconcile()
    assert report.spoken() == "ledger == stripe, difference 0"
    assert balance("stripe", "usd") == stripe.balance_net()
    return True


def test_payouts_to_our_bank_topups_fees_and_adjustments_are_booked_once(paid, stripe, moment):
    moment.advance(days=8)
    stripe.add_available(50000)
    pays_out_to_our_bank(stripe, 20000)
    stripe.control("POST", "balance/fees", {"amount": 200})
    stripe.control("POST", "balance/adjustments", {"amount": -1500})
    stripe.control("POST", "balance/adjustments", {"amount": 700})
    for _ in range(2):
        assert agrees(stripe)
    booked = balances()
    assert (booked["bank", "usd"], booked["stripe_adjustments", "usd"]) == (30000, 800)
    moment.advance(days=30)
    service.reconcile_nightly()
    assert agrees(stripe)


def test_a_payout_that_our_bank_returns_is_in_the_balance_again(paid, stripe, moment):
    moment.advance(days=8)
    answer = pays_out_to_our_bank(stripe, 5000)
    cancel = f"{stripe.url}/v1/payouts/{answer['id']}/cancel"
    requests.post(cancel, headers={"Authorization": f"Bearer {stripe.secret_key}"}, timeout=60).raise_for_status()
    assert agrees(stripe)
    assert balances().get(("bank", "usd"), 0) == 0


class TestARefundThatOurBalanceDoesNotCover:
    @pytest.fixture
    def waiting_refund(self, paid, stripe, moment):
        moment.advance(days=8)
        stripe.control("POST", "refunds/policy", {"overdraft_units": 0})
        payment = payments.one(paid.payment_id)
        refunds.intend_refund(payment, cents=12000, reason="a test", key="test")
        (refund,) = payments.refunds_of(payment.id)
        refunds.send_refund(str(refund.id))
        return refund

    def test_is_booked_when_it_moves_and_not_before(self, waiting_refund, stripe):
        refund = payments.refund(waiting_refund.id)
        assert (refund.status, refund.failure) == ("pending", "insufficient_funds")
        assert agrees(stripe)
        assert balance("sessions_owed", "usd") == 12000
        stripe.add_available(50000)
        refunds.sync_refund(refund.stripe_id)
        assert payments.refund(refund.id).status == "succeeded"
        assert agrees(stripe)
        assert balance("sessions_owed", "usd") == 0

    def test_that_stripe_forgets_is_owed_still_and_an_admin_is_told(self, waiting_refund, stripe, mailbox, run_jobs):
        admin = an_admin()
        stripe.refuse("/v1/refunds/*", status=404, code="resource_missing", message="No such refund")
        refunds.sync_refund(payments.refund(waiting_refund.id).stripe_id)
        assert payments.refund(waiting_refund.id).status == "failed"
        assert balance("sessions_owed", "usd") == 12000
        run_jobs()
        assert "No such refund" in mailbox.to(admin.email)[0].get_body(("plain",)).get_content()

    def test_that_moves_after_stripe_forgot_it_for_a_while_is_booked_once_when_it_is_sent_again(
        self, waiting_refund, stripe, run_jobs
    ):
        stripe_id = payments.refund(waiting_refund.id).stripe_id
        stripe.refuse("/v1/refunds/*", status=404, code="resource_missing", message="No such refund")
        refunds.sync_refund(stripe_id)
        stripe.add_available(50000)
        refunds.sync_refund(stripe_id)
        assert payments.refund(waiting_refund.id).status == "failed"
        again = refunds.retry_refund(an_admin(), refund_id=waiting_refund.id)
        run_jobs()
        assert (payments.refund(again.id).status, payments.refund(again.id).stripe_id) == ("succeeded", stripe_id)
        assert balance("sessions_owed", "usd") == 0
        assert agrees(stripe)


def test_what_nobody_knows_is_named_still(paid, stripe, moment):
    answer = requests.post(
        f"{stripe.url}/v1/refunds",
        data={"charge": payments.one(paid.payment_id).charge_id, "amount": 100},
        headers={"Authorization": f"Bearer {stripe.secret_key}"},
        timeout=60,
    )
    answer.raise_for_status()
    report = service.reconcile()
    assert [difference.source for difference in report.differences] == [answer.json()["id"]]
