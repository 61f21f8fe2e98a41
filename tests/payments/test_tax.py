"""Tax on top of the price: it is owed to the state, goes back with the price, and Stripe's books agree."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings import queries as booking_queries
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.invoices import queries as invoice_queries
from marketplace.invoices.service import fee_invoices, invoice_documents
from marketplace.ledger.queries.balances import balance
from marketplace.payments import queries
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refunds
from marketplace.reconciliation.service import reconcile
from tests.documents.reading import text_of
from tests.factories import a_booking, a_hold, a_payment, an_admin, an_offering
from tests.invariants.conftest import broken
from tests.settings import change

TOMORROW_AT_TEN = datetime(2027, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stripe_tax(isolated):
    change(stripe_tax=True)


@pytest.fixture
def paid(mia, ada, stripe):
    """120.00 and 19 % on top."""
    return a_booking(mia, an_offering(ada), TOMORROW_AT_TEN, stripe)


def give_back(booking, cents, key, run_jobs):
    refunds.intend_refund(queries.one(booking.payment_id), cents=cents, reason="a test", key=key)
    run_jobs()
    return queries.refunds_of(booking.payment_id)[-1]


def in_step(stripe):
    """Our Stripe account against Stripe's, in all and object by object; and the tax is owed for a payment we know."""
    taxed = "tax_owed_is_not_given_back" not in broken()
    return taxed and balance("stripe", "usd") == stripe.balance_net() and reconcile().agrees


def test_the_tax_is_owed_and_the_price_is_the_sessions(paid, stripe):
    payment = queries.one(paid.payment_id)
    assert (payment.amount_cents, payment.tax_cents) == (12000, 2280)
    assert balance("sessions_owed", "usd") == 12000
    assert balance("tax_owed", "usd") == 2280
    assert in_step(stripe)


def test_the_coach_earns_as_ever(paid, ada, moment):
    moment.advance(days=9)
    payment_outcomes.settle_payment(str(paid.payment_id))
    completions.complete_sessions()
    earnings.release_earnings()
    assert balance(f"coach:{ada.id}", "usd") == 10800
    assert balance("revenue", "usd") == 1200
    assert balance("tax_owed", "usd") == 2280


def test_with_half_the_price_goes_half_the_tax(paid, stripe, run_jobs):
    refund = give_back(paid, 6000, "half", run_jobs)
    assert (refund.amount_cents, refund.tax_cents, refund.total_cents) == (6000, 1140, 7140)
    assert [line["amount"] for line in stripe.read("refunds")["data"]] == [7140]
    assert (balance("sessions_owed", "usd"), balance("tax_owed", "usd")) == (6000, 1140)
    assert in_step(stripe)


def test_in_odd_parts_every_cent_of_tax_goes_back_and_no_more(paid, stripe, run_jobs):
    parts = [give_back(paid, cents, str(cents), run_jobs).tax_cents for cents in (3333, 1, 4444, 4222)]
    assert sum(parts) == 2280
    assert (balance("sessions_owed", "usd"), balance("tax_owed", "usd")) == (0, 0)
    assert in_step(stripe)
    with pytest.raises(refunds.RefundTooLarge):
        give_back(paid, 1, "one more", run_jobs)


def test_a_refund_that_fails_is_owed_again_with_its_tax(mia, ada, stripe, run_jobs):
    paid = a_payment(mia, a_hold(mia, an_offering(ada), TOMORROW_AT_TEN), stripe, "4000000000005126")
    refund = give_back(paid, 6000, "half", run_jobs)
    stripe.advance(timedelta(days=2).total_seconds())
    refunds.sync_refund(refund.stripe_id)
    assert (balance("sessions_owed", "usd"), balance("tax_owed", "usd")) == (12000, 2280)
    assert in_step(stripe)
    refunds.retry_refund(an_admin(), refund_id=refund.id)
    run_jobs()
    assert balance("tax_owed", "usd") == 1140
    assert in_step(stripe)


def test_a_request_is_taxed_when_it_is_taken(mia, ada, stripe, run_jobs):
    asked = a_payment(mia, a_hold(mia, an_offering(ada, by_approval=True), TOMORROW_AT_TEN), stripe)
    assert balance("tax_owed", "usd") == 0
    approvals.approve(ada.user, booking_id=asked.id)
    run_jobs()
    assert (balance("sessions_owed", "usd"), balance("tax_owed", "usd")) == (12000, 2280)
    assert in_step(stripe)


@pytest.mark.parametrize(
    ("amount", "refunded", "tax_left", "owed_left"),
    [(14280, 0, 0, 0), (7140, 0, 1140, 6000), (7140, 6000, 0, 0)],
)
def test_on_what_a_dispute_took_no_tax_is_owed(paid, stripe, run_jobs, amount, refunded, tax_left, owed_left):
    if refunded:
        give_back(paid, refunded, "before", run_jobs)
        booking_queries.locked(paid.id).refunded_cents = refunded
    dispute = stripe.dispute(queries.one(paid.payment_id).charge_id, amount=amount)
    for outcome in (None, "lost"):
        if outcome:
            stripe.decide(dispute["id"], outcome)
        payment_disputes.sync_dispute(dispute["id"])
        booking_disputes.dispute_changed(dispute["id"])
    assert (balance("sessions_owed", "usd"), balance("tax_owed", "usd")) == (owed_left, tax_left)
    # What remains is what Stripe took for it.
    assert balance("disputes", "usd") == 1500
    assert in_step(stripe)


def test_where_no_tax_is_due_nothing_is_owed(mia, ada, stripe):
    held = a_hold(mia, an_offering(ada), TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=held.id)
    payment = queries.of_subject(held.id)
    stripe.pay(payment.checkout_id, country="US")
    payment_outcomes.settle_payment(str(payment.id))
    assert queries.one(payment.id).tax_cents == 0
    assert balance("tax_owed", "usd") == 0
    assert in_step(stripe)


def test_a_page_that_was_meant_before_the_setting_changed_stays_as_it_was(mia, ada, stripe):
    change(stripe_tax=False)
    held = a_hold(mia, an_offering(ada), TOMORROW_AT_TEN)
    booking_checkout.pay(mia, booking_id=held.id)
    change(stripe_tax=True)
    payment = queries.of_subject(held.id)
    stripe.pay(payment.checkout_id)
    payment_outcomes.settle_payment(str(payment.id))
    assert (queries.one(payment.id).automatic_tax, balance("tax_owed", "usd")) == (False, 0)


def test_the_platform_is_the_seller_and_stripes_tax_stands_on_the_documents(paid, ada, mia, moment, run_jobs):
    give_back(paid, 6000, "half", run_jobs)
    told = [(d.label, d.kind, d.net_cents, d.tax_cents) for d in invoice_queries.of_payment(paid.payment_id)]
    assert told == [("F-00001", "invoice", 12000, 2280), ("F-00002", "credit_note", 6000, 1140)]
    said = text_of(invoice_documents.pdf_of(invoice_queries.of_payment(paid.payment_id)[0], site_name="Fairhour"))
    assert "From Fairhour To Mia" in said
    assert "Net 120.00 USD Tax 22.80 USD In all 142.80 USD" in said
    assert "on behalf" not in said
    assert invoice_queries.page_for(ada.user, as_seller=True) == []
    moment.advance(days=9)
    payment_outcomes.settle_payment(str(paid.payment_id))
    completions.complete_sessions()
    earnings.release_earnings()
    moment.advance(days=30)
    fee_invoices.issue_fee_invoices()
    assert invoice_queries.page_for(ada.user) == []


def test_before_paying_a_mentee_reads_that_tax_comes_on_top(mia, ada, paid, browser_of):
    browser = browser_of(mia)
    page = browser.get(f"/sessions/{paid.id}").get_data(as_text=True)
    assert "Tax on top" in page
    assert "22.80 USD" in page
    assert "The tax on it is refunded as well." in browser.get(f"/sessions/{paid.id}/cancel").get_data(as_text=True)
    assert "120.00 USD and its tax paid, the session is confirmed" in page


def test_what_goes_back_is_told_with_its_tax(mia, paid, browser_of, run_jobs):
    cancellations.cancel(mia, booking_id=paid.id, expected_refund_cents=12000)
    run_jobs()
    page = browser_of(mia).get(f"/sessions/{paid.id}").get_data(as_text=True)
    assert "Cancelled by you, 120.00 USD and its tax refunded" in page
    assert "120.00 USD and its tax is refunded to your card." in page
    assert "142.80 USD was refunded" in page


def test_a_lost_part_of_a_taxed_payment_leaves_everything_true(paid, stripe, run_jobs):
    give_back(paid, 3333, f"cancel:{paid.id}", run_jobs)
    booking_queries.locked(paid.id).refunded_cents = 3333
    dispute = stripe.dispute(queries.one(paid.payment_id).charge_id, amount=5001)
    stripe.decide(dispute["id"], "lost")
    payment_disputes.sync_dispute(dispute["id"])
    booking_disputes.dispute_changed(dispute["id"])
    run_jobs()
    assert broken() == set()


def test_a_coach_reads_who_sells(ada, browser_of):
    page = browser_of(ada.user).get("/account/invoice-details").get_data(as_text=True)
    assert "Fairhour sells your sessions and lays the tax on top of your prices." in page
