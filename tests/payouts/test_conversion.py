"""Payouts of euros from an account that holds dollars: sent as dollars, owed and reversed as euros."""

import re

import pytest
from sqlalchemy import text

from marketplace.db import session
from marketplace.errors import NotFound, Unavailable
from marketplace.invariants.queries import evaluate
from marketplace.ledger.queries.balances import balance
from marketplace.ledger_reports.queries.exchange_results import exchange_results
from marketplace.payments import queries as payment_queries
from marketplace.payments.service import refunds
from marketplace.payouts.queries import payout_lines
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.service import manual_transfers
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.payouts.service.statement_documents import statement_pdf
from marketplace.reconciliation.service import reconcile
from tests.documents.reading import text_of
from tests.factories import a_coach, open_all_week
from tests.payouts.test_manual_transfers import SERBIAN
from tests.payouts.test_reversals import at_stripes_page


@pytest.fixture(autouse=True)
def dollars_alone(stripe):
    stripe.settle_in("usd")


@pytest.fixture
def cara():
    return open_all_week(a_coach("cara", currency="eur"))


@pytest.fixture
def paid(cara, bank, earn, approved, run_jobs):
    """108.00 EUR that left as dollars."""
    bank(cara)
    earn(cara)
    (payout,) = approved()
    run_jobs()
    return run_queries.find(str(payout.id))


def rate_of(currency="eur"):
    latest = payment_queries.latest_settlement(currency)
    return latest.settled_cents / latest.amount_cents


def of(account, currency="eur"):
    return balance(account, currency)


def agree():
    broken = [finding.invariant.name for finding in evaluate() if not finding.well]
    assert (reconcile().spoken(), broken) == ("ledger == stripe, difference 0", [])


def test_euros_leave_as_dollars_at_the_rate_at_which_stripe_converted_last(paid, cara, stripe, browser_of, alma):
    transfer = stripe.read(f"transfers/{paid.stripe_id}")
    assert (paid.status, paid.amount_cents, paid.currency) == ("paid", 10_800, "eur")
    assert (transfer["amount"], transfer["currency"]) == (paid.sent_cents, paid.sent_currency)
    assert (paid.sent_cents, paid.sent_currency) == (round(10_800 * rate_of()), "usd")
    assert (of(f"coach:{cara.id}"), of("in_transit"), of("stripe")) == (0, 0, 0)
    # What is ours stays: the fee of 12.00 EUR, as dollars.
    assert of("exchange") == -1_200
    assert of("revenue") == 1_200
    agree()
    left_as = f"Left as {paid.sent_cents // 100}.{paid.sent_cents % 100:02} USD"
    assert left_as in browser_of(alma).get(f"/admin/payouts/{paid.run_id}").get_data(as_text=True)
    assert left_as in browser_of(cara.user).get("/dashboard/earnings").get_data(as_text=True)
    statement = statement_pdf(paid, payout_lines.statement_lines(paid))
    assert left_as.split() == re.findall(r"Left as [\d.]+ USD", text_of(statement))[0].split()


def test_admins_read_what_conversions_have_gained_or_lost(paid, alma, browser_of):
    (result,) = exchange_results(alma)
    (position,) = result.positions
    assert (result.currency, result.held_cents) == ("usd", of("exchange", "usd"))
    assert (position.currency, position.cents) == ("eur", -1_200)
    assert position.worth_cents == pytest.approx(-1_200 * rate_of(), abs=1)
    # The payout left at the rate at which the payment had come.
    assert abs(result.result_cents) <= 1
    page = browser_of(alma).get("/admin/ledger/accounts").get_data(as_text=True)
    assert ("Converted by Stripe" in page, "so far, in USD" in page) == (True, True)


def test_a_refund_at_a_worse_rate_is_a_loss(paid, cara, earn, alma, run_jobs):
    booking = earn(cara, title="Another hour")
    payment = payment_queries.one(booking.payment_id)
    refunds.intend_refund(payment, cents=12_000, reason="a test", key="test:1")
    run_jobs()
    (result,) = exchange_results(alma)
    assert result.result_cents < 0


def test_nothing_converted_is_nothing_to_read(ada, bank, earn, alma, browser_of):
    earn(ada)
    assert exchange_results(alma) == []
    assert "Converted by Stripe" not in browser_of(alma).get("/admin/ledger/accounts").get_data(as_text=True)
    with pytest.raises(NotFound):
        exchange_results(ada.user)


def test_the_coach_reads_what_left_for_the_bank(paid, cara, mailbox):
    (mail,) = [mail for mail in mailbox.to(cara.user.email) if "on its way to your bank" in mail["Subject"]]
    told = mail.get_body(("plain",)).get_content()
    assert (mail["Subject"], "It left as " in told) == ("108.00 EUR is on its way to your bank", True)


def test_dollars_are_sent_as_they_are(ada, bank, earn, approved, run_jobs):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    run_jobs()
    payout = run_queries.find(str(payout.id))
    assert (payout.sent_cents, payout.sent_currency, payout.conversion) == (10_800, "usd", None)
    agree()


def test_what_a_person_transfers_is_euros(cara, earn, approved, run_jobs):
    manual_transfers.give_details(cara.user, details=SERBIAN)
    earn(cara)
    (payout,) = approved()
    run_jobs()
    payout = run_queries.find(str(payout.id))
    assert (payout.rail, payout.sent_cents, payout.sent_currency) == ("manual", None, None)


def test_without_dollars_the_payout_waits_and_goes_when_they_are_there(cara, bank, earn, approved, stripe, run_jobs):
    bank(cara)
    earn(cara)
    (payout,) = approved()
    stripe.refuse("/v1/transfers", method="POST", code="balance_insufficient", message="Not enough.")
    run_jobs()
    payout = run_queries.find(str(payout.id))
    assert (payout.status, payout.reason.code) == ("approved", "platform_balance")
    payout_transfers.send_payout(str(payout.id))
    payout = run_queries.find(str(payout.id))
    assert (payout.status, payout.attempt, payout.sent_currency) == ("paid", 2, "usd")
    agree()


def reverse(alma, paid, cents):
    left = reversal_queries.left_to_reverse(run_queries.find(str(paid.id)))
    return payout_reversals.reverse_payout(
        alma, payout_id=paid.id, cents=cents, reason="The card was stolen.", expected_left_cents=left
    )


def test_parts_of_it_are_reversed_in_dollars_and_the_last_takes_the_rest(paid, cara, alma, run_jobs, stripe):
    for cents in (3_333, 3_333, 4_134):
        reverse(alma, paid, cents)
        run_jobs()
    transfer = stripe.read(f"transfers/{paid.stripe_id}")
    assert (transfer["amount_reversed"], transfer["reversed"]) == (paid.sent_cents, True)
    found = reversal_queries.reversals_of(paid.id)
    assert [each.status for each in found] == [payout_states.MADE] * 3
    assert sum(each.sent_cents for each in found) == paid.sent_cents
    assert (of(f"coach:{cara.id}"), of("exchange")) == (10_800, -12_000)
    assert run_queries.find(str(paid.id)).status == payout_states.REVERSED
    agree()


def test_what_is_reversed_at_stripe_is_told_in_euros(paid, cara, alma, stripe, run_jobs):
    at_stripes_page(stripe, paid, 5_000)
    payout_transfers.sync_transfer(paid.stripe_id)
    payout_transfers.sync_transfer(paid.stripe_id)
    euros = of(f"coach:{cara.id}")
    assert euros == pytest.approx(5_000 / rate_of(), abs=1)
    agree()
    reverse(alma, paid, 10_800 - euros)
    run_jobs()
    assert stripe.read(f"transfers/{paid.stripe_id}")["reversed"] is True
    assert of(f"coach:{cara.id}") == 10_800
    agree()


def test_all_of_it_reversed_at_stripe_is_all_of_the_euros(paid, cara, stripe):
    at_stripes_page(stripe, paid, paid.sent_cents)
    payout_transfers.sync_transfer(paid.stripe_id)
    assert of(f"coach:{cara.id}") == 10_800
    assert run_queries.find(str(paid.id)).status == payout_states.REVERSED


def test_a_refused_reversal_is_worked_out_anew(paid, alma, stripe, run_jobs):
    first = reverse(alma, paid, 800)
    stripe.refuse("/v1/transfers/*/reversals", method="POST", code="balance_insufficient", message="Spent.")
    run_jobs()
    assert reversal_queries.find_reversal(first.id).status == payout_states.FAILED
    second = reverse(alma, paid, 10_000)
    run_jobs()
    payout_reversals.retry_reversal(alma, reversal_id=first.id)
    run_jobs()
    sent = [reversal_queries.find_reversal(each.id).sent_cents for each in (first, second)]
    assert sum(sent) == paid.sent_cents
    agree()


def test_a_reversal_whose_answer_was_lost_is_asked_for_again_with_the_same_dollars(paid, alma, stripe):
    reversal = reverse(alma, paid, 3_333)
    stripe.fault("/v1/transfers/*/reversals", "drop_after", method="POST", times=10)
    with pytest.raises(Unavailable):
        payout_reversals.send_reversal(str(reversal.id))
    asked = reversal_queries.find_reversal(reversal.id).sent_cents
    stripe.recover()
    payout_reversals.send_reversal(str(reversal.id))
    made = reversal_queries.find_reversal(reversal.id)
    assert (made.status, made.sent_cents) == (payout_states.MADE, asked)
    assert stripe.read(f"transfers/{paid.stripe_id}")["amount_reversed"] == asked
    agree()


def test_a_payout_that_was_under_way_before_amounts_were_kept_arrives(ada, bank, earn, approved, stripe):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    stripe.fault("/v1/transfers", "drop_after", method="POST", times=10)
    with pytest.raises(Unavailable):
        payout_transfers.send_payout(str(payout.id))
    stripe.recover()
    session().execute(text("update payouts set sent_cents = null, sent_currency = null"))
    session().commit()
    payout_transfers.send_payout(str(payout.id))
    assert run_queries.find(str(payout.id)).status == "paid"
    assert reconcile().spoken() == "ledger == stripe, difference 0"
