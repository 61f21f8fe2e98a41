"""Answers that cross: Stripe knows more than we do, another worker was first, or somebody acted at its own page."""

from datetime import UTC, datetime

import pytest
import requests
from sqlalchemy import text

from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.db import session, uuid7
from marketplace.ledger.queries.balances import balance, balances
from marketplace.payments import queries
from marketplace.payments.models import Dispute
from marketplace.payments.service import checkouts, disputes, refunds
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.reconciliation.service import reconcile
from tests.factories import a_coach, a_hold, a_payment, an_admin, an_offering, open_all_week

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)
REFUND_FAILS = "4000000000005126"
ASKS_THE_HOLDER = "4000002760003184"


@pytest.fixture
def held(mia):
    return a_hold(mia, an_offering(open_all_week(a_coach("ada"))), TOMORROW_AT_TEN)


@pytest.fixture
def paid(mia, held, stripe):
    return a_payment(mia, held, stripe).payment


def intended(payment, cents, key="test"):
    refunds.intend_refund(payment, cents=cents, reason="a test", key=key)
    return queries.refund_by_key(key)


def told(stripe_id):
    payment_disputes.sync_dispute(stripe_id)
    booking_disputes.dispute_changed(stripe_id)
    return stripe_id


def at_stripes_page(stripe, path, **data):
    answer = requests.post(
        f"{stripe.url}/v1/{path}", data=data, headers={"Authorization": f"Bearer {stripe.secret_key}"}, timeout=60
    )
    answer.raise_for_status()
    return answer.json()


def amounts(stripe):
    return [refund["amount"] for refund in stripe.read("refunds")["data"]]


def test_a_card_whose_holder_does_not_confirm_it_leaves_the_time_to_be_paid(mia, held, stripe):
    booking_checkout.pay(mia, booking_id=held.id)
    payment = queries.of_subject(held.id)
    stripe.pay(payment.checkout_id, ASKS_THE_HOLDER, three_d_secure="fail")
    seen = checkouts.sync(payment.id)
    # Nothing was charged, so there is no charge either.
    assert (seen.status, seen.charge_id) == ("pending", None)
    assert "authenticate" in seen.failure
    stripe.pay(payment.checkout_id, ASKS_THE_HOLDER, three_d_secure="complete")
    assert checkouts.sync(payment.id).status == "paid"


def test_what_was_paid_while_stripe_refused_its_page_stays_paid(paid):
    assert checkouts._never_opened(paid.id).status == "paid"


def test_a_refund_that_stripe_refuses_because_it_is_made_already_is_found(paid, stripe):
    refund = intended(paid, 12000)
    refunds.send_refund(str(refund.id))
    # Under another key Stripe would make it anew, were anything left to give back.
    session().execute(text("update refunds set stripe_id = null, status = 'intended', attempt = 2"))
    session().commit()
    refunds.send_refund(str(refund.id))
    assert (queries.refund(refund.id).status, amounts(stripe)) == ("succeeded", [12000])
    assert reconcile().agrees


def test_a_refusal_that_comes_after_the_refund_was_recorded_changes_nothing(paid):
    admin = an_admin()
    refund = intended(paid, 12000)
    refunds.send_refund(str(refund.id))
    refunds._record_refusal(refund.id, "No.", disputed=False)
    assert (queries.refund(refund.id).status, queries.refund(refund.id).failure) == ("succeeded", None)
    assert admin.email not in session().scalars(text("select recipient from messages")).all()


def test_a_refund_that_somebody_made_at_stripes_page_is_left_to_the_reconciliation(paid, stripe):
    made = at_stripes_page(stripe, "refunds", payment_intent=paid.intent_id, amount=5000)
    before = balances()
    refunds.sync_refund(made["id"])
    assert (balances(), list(queries.refunds_of(paid.id))) == (before, [])
    assert not reconcile().agrees


class TestARefundThatFailedAndADispute:
    @pytest.fixture
    def failed(self, mia, held, stripe, moment, run_jobs):
        """Refunds that came back from the bank, and are owed again."""

        def failed(*cents):
            payment = a_payment(mia, held, stripe, REFUND_FAILS).payment
            made = [intended(payment, each, f"test:{each}") for each in cents]
            run_jobs()
            moment.advance(minutes=2)
            for refund in made:
                refunds.sync_refund(refund.stripe_id)
            return payment

        return failed

    @pytest.mark.parametrize(
        ("refunded", "lost", "owed"),
        [
            # Of 120.00 all was to go back: the bank took so much that the smaller one, or both, is given back by it.
            ((9000, 3000), 12000, []),
            ((9000, 3000), 8999, [9000]),
            ((9000, 3000), 2999, [9000, 3000]),
            ((9000, 3000), 3000, [9000]),
            # Of what was not to go back the bank takes its part first.
            ((9000,), 11999, [9000]),
            ((9000,), 12000, []),
        ],
    )
    def test_only_what_the_bank_gave_back_whole_is_owed_no_more(self, failed, stripe, refunded, lost, owed):
        payment = failed(*refunded)
        opened = stripe.dispute(payment.charge_id, amount=lost)["id"]
        stripe.decide(opened, "lost")
        payment_disputes.sync_dispute(opened)
        assert [refund.amount_cents for refund in queries.owed_refunds()] == owed
        assert balance("disputes", "usd") == lost + 1500 - (sum(refunded) - sum(owed))


class TestWhatWaitsForADispute:
    @pytest.fixture
    def disputed(self, paid, stripe):
        """50.00 of 120.00."""
        return told(stripe.dispute(paid.charge_id, amount=5000)["id"])

    def test_a_loss_pays_the_oldest_of_what_waits_and_leaves_the_rest_to_us(self, paid, disputed, stripe, run_jobs):
        older, newer = (intended(paid, cents, str(cents)) for cents in (5000, 2000))
        run_jobs()
        assert [queries.refund(each.id).status for each in (older, newer)] == ["held", "held"]
        stripe.decide(disputed, "lost")
        told(disputed)
        run_jobs()
        assert [queries.refund(each.id).status for each in (older, newer)] == ["covered", "succeeded"]
        assert amounts(stripe) == [2000]
        assert reconcile().agrees

    def test_it_waits_on_while_another_dispute_of_the_payment_is_open(self, paid, disputed, stripe, run_jobs):
        waits = intended(paid, 2000)
        run_jobs()
        more = {"stripe_id": "du_another", "reason": "fraudulent", "status": "needs_response"}
        another = Dispute(
            id=uuid7(), payment_id=paid.id, amount_cents=1000, fee_cents=0, opened_at=paid.disputed_at, **more
        )
        session().add(another)
        session().commit()
        stripe.decide(disputed, "won")
        told(disputed)
        assert (queries.refund(waits.id).status, queries.one(paid.id).disputed_at is None) == ("held", False)
        another.status = "won"
        session().commit()
        booking_disputes.dispute_changed("du_another")
        run_jobs()
        assert (queries.refund(waits.id).status, queries.one(paid.id).disputed_at) == ("succeeded", None)


def test_evidence_that_somebody_sent_at_stripes_page_is_not_told_as_refused(paid, stripe):
    opened = told(stripe.dispute(paid.charge_id)["id"])
    at_stripes_page(stripe, f"disputes/{opened}", **{"evidence[uncategorized_text]": "He came.", "submit": "true"})
    payment_disputes.sync_dispute(opened)
    disputes._record_refusal(opened, "This dispute takes no evidence any more.")
    dispute = queries.dispute_by_stripe_id(opened)
    assert (dispute.submitted_at is not None, dispute.refusal) == (True, None)


def test_more_than_a_page_of_undelivered_events_is_read_to_the_end(stripe, moment):
    before = moment.now
    stripe.add_webhook("http://127.0.0.1:9/nobody", "whsec_platform_of_the_tests")
    stripe.deliver("drop")
    for _ in range(101):
        at_stripes_page(stripe, "customers", name="Mia")
    found = stripe_connect.undelivered_events(before)
    assert len({event["id"] for event in found}) == len(found) == 101
    assert [event["created"] for event in found] == sorted(event["created"] for event in found)
