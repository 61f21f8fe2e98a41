"""Payouts by a transfer that a person makes: the same rules as through Stripe, another bank in the ledger."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace import clock, config
from marketplace.audit.queries import timeline_of
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.invariants import queries as invariant_queries
from marketplace.ledger.queries.balances import balance
from marketplace.ledger.rules import BANK, IN_TRANSIT, coach
from marketplace.payouts.queries import earnings as earning_queries
from marketplace.payouts.queries import payout_lines as payout_line_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.queries import yearly_summaries as yearly_summary_queries
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.bank_details import Details, opened
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.rules.states import MANUAL, STRIPE
from marketplace.payouts.service import bank_accounts, manual_transfers
from marketplace.payouts.service import holds as payout_holds
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.reconciliation.service import reconcile
from tests.factories import a_coach, a_person
from tests.queue import waiting

IBAN = "RS35260005601001611379"
SERBIAN = Details("Ada Lovelace", "RS", IBAN)
INDIAN = Details("Ada Lovelace", "IN", "1234567890", "SBININBB", "SBIN0000001")


def now(payout):
    return run_queries.find(str(payout.id))


def told(mailbox, person, subject):
    return [mail for mail in mailbox.to(person.email) if subject in mail["Subject"]]


@pytest.fixture
def paid_manually(ada):
    manual_transfers.give_details(ada.user, details=SERBIAN)
    return ada


@pytest.fixture
def sending(paid_manually, earn, approved, run_jobs):
    """108.00 USD that have left the coach's balance and wait for a manual transfer."""
    earn(paid_manually)
    (payout,) = approved()
    run_jobs()
    return now(payout)


def marked(admin, payout, reference="AB-1", on=None):
    on = on or clock.now().date()
    return manual_transfers.mark_transferred(admin, payout_id=payout.id, reference=reference, transferred_on=on)


def test_a_manual_transfer_waits_for_its_reference_and_never_asks_stripe(
    sending, ada, alma, stripe, run_jobs, mailbox, moment
):
    assert (sending.status, sending.rail, sending.attempt) == (payout_states.SENDING, MANUAL, 1)
    assert (balance(coach(ada.id), "usd"), balance(IN_TRANSIT, "usd")) == (0, 10800)
    assert stripe.read("transfers")["data"] == []
    assert len(told(mailbox, alma, "wait for a manual transfer")) == 1
    payout_transfers.send_payout(str(sending.id))
    payout_transfers.resume_payouts()
    assert waiting().count("send_payout") == 0
    moment.advance(days=6, hours=23)
    assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == []
    moment.advance(hours=1)
    assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == [
        "manual_transfers_are_made"
    ]
    ((payout, details),) = manual_transfers.read_transfers(alma, run_id=sending.run_id)
    assert (payout.id, details) == (sending.id, SERBIAN)
    assert timeline_of(sending.run_id)[-1].action == "payout_run.bank_details_read"
    (_, row) = manual_transfers.transfers_csv(alma, run_id=sending.run_id).splitlines()
    assert row == f"{sending.id},Ada Lovelace,RS,{IBAN},,,108.00,USD"

    paid = marked(alma, sending)
    assert (paid.status, paid.reference) == (payout_states.PAID, "AB-1")
    assert (balance(IN_TRANSIT, "usd"), balance(BANK, "usd")) == (0, 10800)
    assert earning_queries.earnings_of(ada).paid_out == {"usd": 10800}
    assert reversal_queries.left_to_reverse(paid) == 0
    assert len(manual_transfers.transfers_csv(alma, run_id=sending.run_id).splitlines()) == 1
    run_jobs()
    assert len(told(mailbox, ada.user, "on its way to your bank")) == 1
    assert reconcile().agrees
    assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == []


def test_it_is_marked_once(sending, alma, bert):
    marked(alma, sending)
    with pytest.raises(manual_transfers.NotToBeTransferred):
        marked(bert, sending, "AB-2")
    assert now(sending).reference == "AB-1"


def test_a_day_that_cannot_be_is_refused(sending, alma):
    with pytest.raises(Invalid) as refusal:
        marked(alma, sending, on=clock.now().date() + timedelta(days=1))
    assert list(refusal.value.fields) == ["transferred_on"]
    assert now(sending).status == payout_states.SENDING


def test_what_the_bank_did_not_take_is_the_coachs_again_and_is_tried_again(sending, ada, alma, run_jobs, mailbox):
    manual_transfers.mark_returned(alma, payout_id=sending.id, reason="No such account.")
    assert (now(sending).status, now(sending).reason) == (
        payout_states.FAILED,
        reasons.in_words(reasons.BANK_SAID, "No such account."),
    )
    assert (balance(coach(ada.id), "usd"), balance(IN_TRANSIT, "usd")) == (10800, 0)
    with pytest.raises(manual_transfers.NothingToReturn):
        manual_transfers.mark_returned(alma, payout_id=sending.id, reason="Again.")
    manual_transfers.give_details(ada.user, details=INDIAN)
    payout_runs.retry_payout(alma, payout_id=sending.id)
    run_jobs()
    ((payout, details),) = manual_transfers.read_transfers(alma, run_id=sending.run_id)
    assert (payout.attempt, payout.status, details) == (2, payout_states.SENDING, INDIAN)
    marked(alma, payout)
    (mail,) = told(mailbox, ada.user, "did not take")
    assert "No such account." in mail.get_body(("plain",)).get_content()
    assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == []


def test_what_the_bank_sent_back_goes_out_with_the_next_payout(sending, ada, alma, approved):
    marked(alma, sending)
    manual_transfers.mark_returned(alma, payout_id=sending.id, reason="Account closed.")
    assert now(sending).status == payout_states.REVERSED
    assert (balance(coach(ada.id), "usd"), balance(BANK, "usd")) == (10800, 0)
    assert earning_queries.earnings_of(ada).paid_out == {}
    (march,) = [month for month in yearly_summary_queries.year_of(ada, 2027)[0].months if month.earned]
    assert march.paid_out == 0
    with pytest.raises(manual_transfers.NothingToReturn):
        manual_transfers.mark_returned(alma, payout_id=sending.id, reason="Again.")
    (again,) = approved()
    assert [line.title for line in payout_line_queries.statement_lines(again)] == ["A payout that was returned"]
    assert [finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well] == []
    assert reconcile().agrees


def test_a_hold_a_minimum_and_four_eyes_are_the_same(paid_manually, earn, approved, alma, run_jobs):
    earn(paid_manually)
    (payout,) = approved()
    payout_holds.hold_coach(alma, coach_id=paid_manually.id, reason="Wait.")
    run_jobs()
    assert (now(payout).status, now(payout).reason) == (
        payout_states.APPROVED,
        reasons.in_words(reasons.ON_HOLD, "Wait."),
    )
    payout_holds.release_coach(alma, coach_id=paid_manually.id)
    run_jobs()
    assert now(payout).status == payout_states.SENDING


def test_details_let_what_waited_for_a_bank_go_and_withdrawn_they_leave_it_to_stripe(
    ada, earn, bank, approved, alma, run_jobs, mailbox, stripe
):
    account = bank(ada)
    earn(ada)
    (payout,) = approved()
    account.ready = False
    session().commit()
    run_jobs()
    assert now(payout).reason == Reason(reasons.BANK_NOT_READY)
    manual_transfers.give_details(ada.user, details=SERBIAN)
    run_jobs()
    assert (now(payout).status, now(payout).rail) == (payout_states.SENDING, MANUAL)
    manual_transfers.mark_returned(alma, payout_id=payout.id, reason="No.")
    manual_transfers.withdraw_details(ada.user)
    manual_transfers.withdraw_details(ada.user)
    bank_accounts.refresh_account(account.stripe_id)
    payout_runs.retry_payout(alma, payout_id=payout.id)
    run_jobs()
    assert (now(payout).status, now(payout).rail, now(payout).sealed) == (payout_states.PAID, STRIPE, None)
    assert len(stripe.read("transfers")["data"]) == 1
    # Connecting the bank at Stripe, the details, and that they were taken away.
    assert len(told(mailbox, ada.user, "has changed")) == 3
    with pytest.raises(manual_transfers.NotToBeTransferred):
        marked(alma, payout)


def test_only_coaches_give_details_and_only_admins_mark(sending, ada):
    with pytest.raises(NotFound):
        manual_transfers.give_details(a_person("Mia"), details=SERBIAN)
    with pytest.raises(Invalid):
        manual_transfers.give_details(ada.user, details=Details("A", "GB", IBAN))
    for person in (ada.user, a_coach("bea").user):
        for refused in (
            lambda person=person: marked(person, sending),
            lambda person=person: manual_transfers.mark_returned(person, payout_id=sending.id, reason="No."),
            lambda person=person: manual_transfers.read_transfers(person, run_id=sending.run_id),
        ):
            with pytest.raises(NotFound):
                refused()


def test_where_nobody_is_paid_manually_no_account_is_read(ada, bank, earn, approved, alma):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    assert manual_transfers.read_transfers(alma, run_id=payout.run_id) == []
    assert [entry.action for entry in timeline_of(payout.run_id)] == ["payout_run.proposed", "payout_run.approved"]


def test_nothing_readable_of_an_account_is_at_rest(sending):
    tables = ("bank_details", "payouts", "audit_entries", "messages")
    for table in tables:
        for row in session().execute(text(f"select t::text from {table} t")):
            assert IBAN not in row[0]
    assert opened(now(sending).sealed, config.current().encryption_keys()) == SERBIAN
