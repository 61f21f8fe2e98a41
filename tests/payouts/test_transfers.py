"""Money leaves once: whatever crashes, however often it is run."""

import uuid

import pytest
import requests
from sqlalchemy import text

from marketplace.db import session
from marketplace.errors import Unavailable
from marketplace.ledger.queries.balances import balance, balances
from marketplace.ledger.rules import IN_TRANSIT, coach
from marketplace.ledger.service.postings import post
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.payouts.models import Payout
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import reversals as payout_reversals
from marketplace.payouts.service import runs as payout_runs
from marketplace.payouts.service import transfers as payout_transfers
from marketplace.payouts.service import transfers as sending_service
from marketplace.reconciliation.service import reconcile
from tests.factories import a_coach, open_all_week
from tests.queue import waiting


def now(payout):
    return run_queries.find(str(payout.id))


def transfers(stripe):
    return stripe.read("transfers", limit=100)["data"]


def sending():
    return waiting().count("send_payout")


def reverse(stripe, transfer_id, cents):
    answer = requests.post(
        f"{stripe.url}/v1/transfers/{transfer_id}/reversals",
        data={"amount": cents},
        headers={"Authorization": f"Bearer {stripe.secret_key}"},
        timeout=60,
    )
    answer.raise_for_status()


def test_a_payout_is_sent_booked_and_told(ada, bank, earn, approved, stripe, run_jobs, mailbox):
    bank(ada)
    booking = earn(ada)
    (payout,) = approved()
    run_jobs()
    sent = now(payout)
    assert (sent.status, sent.attempt, sent.amount_cents) == (payout_states.PAID, 1, 10800)
    (transfer,) = transfers(stripe)
    assert (transfer["id"], transfer["amount"]) == (sent.stripe_id, 10800)
    assert balance(coach(ada.id), "usd") == balance(IN_TRANSIT, "usd") == 0
    assert reconcile().agrees
    mail = mailbox.to(ada.user.email)[-1]
    assert mail["Subject"] == "108.00 USD is on its way to your bank"
    text = mail.get_body(("plain",)).get_content()
    assert f"108.00 USD  {booking.title}, Tue 2 Mar, 11:00 (Berlin)" in text
    assert "carried over" not in text


def test_run_twice_it_sends_once(ada, bank, earn, approved, stripe, run_jobs, mailbox):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    for _ in range(3):
        payout_transfers.send_payout(str(payout.id))
    run_jobs()
    assert len(transfers(stripe)) == 1
    assert len([mail for mail in mailbox.to(ada.user.email) if "on its way" in mail["Subject"]]) == 1
    assert now(payout).status == payout_states.PAID


@pytest.mark.parametrize("kind", ["drop_after", "fail_after"])
def test_a_lost_answer_is_found_again(kind, ada, bank, earn, approved, stripe):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    stripe.fault("/v1/transfers", kind, method="POST")
    with pytest.raises(Unavailable):
        payout_transfers.send_payout(str(payout.id))
    assert now(payout).status == payout_states.SENDING
    assert balance(IN_TRANSIT, "usd") == 10800
    payout_transfers.send_payout(str(payout.id))
    assert now(payout).status == payout_states.PAID
    assert now(payout).stripe_id == transfers(stripe)[0]["id"]
    assert len(transfers(stripe)) == 1
    assert reconcile().agrees


def test_a_request_that_never_arrived_is_made_again(ada, bank, earn, approved, stripe):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    stripe.fault("/v1/transfers", "drop_before", method="POST")
    with pytest.raises(Unavailable):
        payout_transfers.send_payout(str(payout.id))
    assert transfers(stripe) == []
    payout_transfers.send_payout(str(payout.id))
    assert (now(payout).status, now(payout).attempt) == (payout_states.PAID, 1)


def test_the_message_of_a_transfer_may_come_before_its_answer(ada, bank, earn, approved, stripe):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    stripe.fault("/v1/transfers", "drop_after", method="POST")
    with pytest.raises(Unavailable):
        payout_transfers.send_payout(str(payout.id))
    assert payout_transfers.sync_transfer(transfers(stripe)[0]["id"])
    assert now(payout).status == payout_states.PAID
    payout_transfers.send_payout(str(payout.id))
    assert len(transfers(stripe)) == 1


def test_without_money_at_stripe_it_waits_with_the_reason_and_goes_later(ada, bank, earn, approved, stripe, moment):
    bank(ada)
    earn(ada)
    grace = open_all_week(a_coach("grace"))
    bank(grace)
    # Somebody took our balance: what is left covers nobody.
    stripe_account = bank_account_queries.account_of(grace.id).stripe_id
    other = _take_balance(stripe_account, 11000)
    (payout,) = approved()
    payout_transfers.send_payout(str(payout.id))
    waits = now(payout)
    assert (waits.status, waits.attempt) == (payout_states.APPROVED, 1)
    assert waits.reason == Reason(reasons.PLATFORM_BALANCE)
    assert balance(coach(ada.id), "usd") == 10800
    assert balance(IN_TRANSIT, "usd") == 0
    reverse(stripe, other, 11000)
    moment.advance(hours=7)
    payout_transfers.send_payout(str(payout.id))
    assert (now(payout).status, now(payout).attempt, now(payout).reason) == (payout_states.PAID, 2, None)
    assert len(transfers(stripe)) == 2


def _take_balance(stripe_account, cents):
    made = stripe_connect.transfer(
        stripe_account_id=stripe_account, amount_cents=cents, currency="usd", payout_id=uuid.uuid4(), attempt=1
    )
    return made.id


def test_an_account_that_is_not_ready_waits_and_others_go(ada, bank, earn, approved, stripe, run_jobs):
    grace = open_all_week(a_coach("grace"))
    restricted, _ = bank(ada), bank(grace)
    earn(ada)
    earn(grace)
    first, second = sorted(approved(), key=lambda payout: payout.coach.handle)
    restricted.ready = False
    session().commit()
    run_jobs()
    assert (now(first).status, now(first).reason) == (payout_states.APPROVED, Reason(reasons.BANK_NOT_READY))
    assert now(first).attempt == 0
    assert now(second).status == payout_states.PAID
    bank_accounts.refresh_account(restricted.stripe_id)
    run_jobs()
    assert now(first).status == payout_states.PAID


def test_a_refusal_of_the_account_itself_waits_too(ada, bank, earn, approved, stripe):
    account = bank(ada)
    earn(ada)
    (payout,) = approved()
    stripe.onboard(account.stripe_id, "rejected")
    payout_transfers.send_payout(str(payout.id))
    assert (now(payout).status, now(payout).reason) == (payout_states.APPROVED, Reason(reasons.BANK_NOT_READY))


def test_a_refusal_for_good_fails_and_admins_are_told(ada, bank, earn, approved, run_jobs, mailbox, alma):
    account = bank(ada)
    earn(ada)
    (payout,) = approved()
    account.stripe_id = "acct_gone"
    session().commit()
    run_jobs()
    failed = now(payout)
    assert failed.status == payout_states.FAILED
    assert "acct_gone" in failed.reason.parameters["words"]
    assert balance(coach(ada.id), "usd") == 10800
    (mail,) = [mail for mail in mailbox.to(alma.email) if "was refused" in mail["Subject"]]
    assert "The payout of 108.00 USD was refused" in mail.get_body(("plain",)).get_content()


def test_money_that_went_back_in_the_meantime_is_not_sent(ada, bank, earn, approved, stripe):
    bank(ada)
    booking = earn(ada)
    (payout,) = approved()
    post("test", debit=coach(ada.id), credit="sessions_owed", cents=1, currency="usd", subject_id=booking.id)
    session().commit()
    payout_transfers.send_payout(str(payout.id))
    assert now(payout).status == payout_states.FAILED
    assert now(payout).reason == reasons.of_money(reasons.NOT_COVERED, 10799, "usd")
    assert transfers(stripe) == []


def test_a_payout_that_stripe_took_back_is_the_coachs_again(ada, bank, earn, approved, stripe, run_jobs, mailbox, alma):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    run_jobs()
    transfer_id = now(payout).stripe_id
    reverse(stripe, transfer_id, 800)
    payout_transfers.sync_transfer(transfer_id)
    assert (now(payout).status, balance(coach(ada.id), "usd")) == (payout_states.PAID, 800)
    reverse(stripe, transfer_id, 10000)
    for _ in range(2):
        payout_transfers.sync_transfer(transfer_id)
    assert (now(payout).status, balance(coach(ada.id), "usd")) == (payout_states.REVERSED, 10800)
    assert reconcile().agrees
    run_jobs()
    assert len([mail for mail in mailbox.to(alma.email) if "reversed" in mail["Subject"]]) == 2


def test_what_came_back_goes_out_with_the_next_payout(ada, bank, earn, approved, stripe, run_jobs, mailbox):
    bank(ada)
    earn(ada)
    (first,) = approved()
    run_jobs()
    reverse(stripe, now(first).stripe_id, 10800)
    payout_transfers.sync_transfer(now(first).stripe_id)
    earn(ada, price_cents=10000)
    (second,) = approved()
    run_jobs()
    assert now(second).amount_cents == 19800
    text = mailbox.to(ada.user.email)[-1].get_body(("plain",)).get_content()
    assert "108.00 USD  A payout that was returned" in text
    assert "90.00 USD  One hour of mentoring" in text
    assert reconcile().agrees


def test_a_transfer_that_is_not_ours_is_left_alone(ada, bank, earn, stripe):
    account = bank(ada)
    earn(ada)
    assert payout_transfers.sync_transfer(_take_balance(account.stripe_id, 500)) is False


def test_a_transfer_that_we_did_not_ask_for_is_not_passed_over(ada, bank, earn, alma, stripe):
    account = bank(ada)
    earn(ada)
    (payout,) = payout_runs.propose_run(alma).payouts
    made = stripe_connect.transfer(
        stripe_account_id=account.stripe_id, amount_cents=1, currency="usd", payout_id=payout.id, attempt=9
    )
    with pytest.raises(Exception, match="for a payout that is proposed here"):
        payout_transfers.sync_transfer(made.id)


def test_a_lost_job_is_taken_up_by_the_sweep(ada, bank, earn, approved, run_jobs):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    _lose_jobs()
    payout_transfers.resume_payouts()
    assert sending() == 1
    payout_transfers.resume_payouts()
    assert sending() == 1
    run_jobs()
    assert now(payout).status == payout_states.PAID
    payout_transfers.resume_payouts()
    assert sending() == 0


def test_a_payout_that_waits_is_tried_again_after_hours(ada, bank, earn, approved, moment):
    account = bank(ada)
    earn(ada)
    (payout,) = approved()
    account.ready = False
    session().commit()
    payout_transfers.send_payout(str(payout.id))
    _lose_jobs()
    payout_transfers.resume_payouts()
    assert sending() == 0
    moment.advance(hours=7)
    payout_transfers.resume_payouts()
    assert sending() == 1


def _lose_jobs():
    session().execute(text("delete from procrastinate_jobs where task_name = 'send_payout'"))
    session().commit()


def test_what_is_not_approved_is_not_sent(ada, bank, earn, alma, stripe):
    bank(ada)
    earn(ada)
    (payout,) = payout_runs.propose_run(alma).payouts
    payout_transfers.send_payout(str(payout.id))
    assert now(payout).status == payout_states.PROPOSED
    assert transfers(stripe) == []


def test_a_sending_payout_without_a_bank_is_a_defect_not_a_payment(ada, bank, earn, approved):
    account = bank(ada)
    earn(ada)
    (payout,) = approved()
    session().get_one(Payout, payout.id).status = payout_states.SENDING
    account.stripe_id = None
    session().commit()
    with pytest.raises(RuntimeError):
        payout_transfers.send_payout(str(payout.id))
    assert balances()[(coach(ada.id), "usd")] == 10800


def test_a_payout_whose_answer_was_lost_goes_where_it_was_sent_though_the_bank_is_another_by_now(
    ada, bank, earn, approved, stripe
):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    stripe.fault("/v1/transfers", "drop_after", method="POST")
    with pytest.raises(Unavailable):
        payout_transfers.send_payout(str(payout.id))
    first = now(payout).destination
    session().delete(bank_account_queries.account_of(ada.id))
    session().commit()
    bank(ada)
    payout_transfers.send_payout(str(payout.id))
    assert [transfer["destination"] for transfer in transfers(stripe)] == [first]
    assert now(payout).status == payout_states.PAID


def test_a_late_answer_of_an_attempt_that_was_recorded_changes_nothing(ada, bank, earn, approved, stripe):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    payout_transfers.send_payout(str(payout.id))
    before, books = now(payout), balances()
    sending_service._record_refused(payout.id, 1, "balance_insufficient", "No.")
    sending_service._record_paid(payout.id, 1, "tr_other")
    foreign = stripe_connect.ReversalState("trr_other", 10800, None)
    payout_reversals.record_reversals(payout.id, "tr_other", [foreign])
    assert (now(payout).stripe_id, now(payout).status, balances()) == (before.stripe_id, payout_states.PAID, books)
