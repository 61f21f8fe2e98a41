"""One coach's payouts are held, with a reason that the coach reads, and released."""

import pytest
from markupsafe import escape

from marketplace.audit.queries import timeline_of
from marketplace.db import session, uuid7
from marketplace.errors import Conflict, NotFound
from marketplace.ledger.queries.balances import balance
from marketplace.ledger.rules import coach as account_of_coach
from marketplace.payouts.queries import earnings as earning_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules import summaries as run_summaries
from marketplace.payouts.rules.reasons import Reason
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import holds as payout_holds
from marketplace.payouts.service import runs as payout_runs
from marketplace.reconciliation.service import reconcile
from tests.factories import a_coach, a_person, open_all_week
from tests.queue import waiting

REASON = "Two mentees say that you were somebody else."


def now(payout):
    return run_queries.find(str(payout.id))


def body(mail):
    return mail.get_body(("plain",)).get_content()


def test_a_hold_leaves_a_coach_out_of_proposals_with_its_reason(ada, bank, earn, alma):
    bank(ada)
    earn(ada)
    payout_holds.hold_coach(alma, coach_id=ada.id, reason=REASON)
    (payable,) = payable_queries.payables(alma)
    assert payable.reason == reasons.in_words(reasons.ON_HOLD, REASON)
    with pytest.raises(payout_runs.NothingPayable):
        payout_runs.propose_run(alma)
    payout_holds.release_coach(alma, coach_id=ada.id)
    assert [payable.reason for payable in payable_queries.payables(alma)] == [None]
    assert [entry.action for entry in timeline_of(ada.id)][-2:] == ["payouts.held", "payouts.released"]


def test_a_hold_after_approval_stops_the_transfer_and_its_release_sends_it(
    ada, bank, earn, approved, alma, stripe, run_jobs, mailbox
):
    bank(ada)
    earn(ada)
    (payout,) = approved()
    payout_holds.hold_coach(alma, coach_id=ada.id, reason=REASON)
    run_jobs()
    assert (now(payout).status, now(payout).reason) == (
        payout_states.APPROVED,
        reasons.in_words(reasons.ON_HOLD, REASON),
    )
    assert stripe.read("transfers")["data"] == []
    mail = mailbox.to(ada.user.email)[-1]
    assert mail["Subject"] == "Your payouts are on hold"
    assert REASON in body(mail)
    assert earning_queries.earnings_of(ada).hold_reason == REASON
    with pytest.raises(Conflict, match="On hold"):
        payout_runs.retry_payout(alma, payout_id=payout.id)
    payout_holds.release_coach(alma, coach_id=ada.id)
    run_jobs()
    assert now(payout).status == payout_states.PAID
    assert "Your payouts go out again" in [mail["Subject"] for mail in mailbox.to(ada.user.email)]
    assert earning_queries.earnings_of(ada).hold_reason is None


def test_one_hold_at_a_time_and_each_is_kept(alma, bert, ada):
    with pytest.raises(payout_holds.NotOnHold):
        payout_holds.release_coach(alma, coach_id=ada.id)
    payout_holds.hold_coach(alma, coach_id=ada.id, reason="First.")
    with pytest.raises(payout_holds.OnHoldAlready):
        payout_holds.hold_coach(bert, coach_id=ada.id, reason="Again.")
    payout_holds.release_coach(bert, coach_id=ada.id)
    payout_holds.hold_coach(bert, coach_id=ada.id, reason="Second.")
    assert [(hold.reason, hold.placed_by, hold.released_by) for hold in payable_queries.holds_of(ada.id)] == [
        ("Second.", bert.id, None),
        ("First.", alma.id, bert.id),
    ]


def test_only_admins_hold_and_release(alma, ada):
    for person in (ada.user, a_person("Mia")):
        with pytest.raises(NotFound):
            payout_holds.hold_coach(person, coach_id=ada.id, reason=REASON)
        with pytest.raises(NotFound):
            payout_holds.release_coach(person, coach_id=ada.id)
    with pytest.raises(NotFound):
        payout_holds.hold_coach(alma, coach_id=uuid7(), reason=REASON)
    assert payable_queries.hold_of(ada.id) is None


def test_an_account_restricted_between_approval_and_transfer_waits_and_the_others_go_and_nothing_is_sent_twice(
    ada, bank, earn, approved, alma, stripe, run_jobs, browser_of
):
    grace = open_all_week(a_coach("grace"))
    restricted, _ = bank(ada), bank(grace)
    earn(ada)
    earn(grace, price_cents=10000)
    first, second = sorted(approved(), key=lambda payout: payout.coach.handle)
    stripe.onboard(restricted.stripe_id, "rejected")
    run_jobs()
    assert (now(first).status, now(first).reason) == (payout_states.APPROVED, Reason(reasons.BANK_NOT_READY))
    assert (now(second).status, now(second).reason) == (payout_states.PAID, None)
    counted = [
        (run_summaries.shown_status(p.status, waits=p.reason is not None), p.currency, p.amount_cents)
        for p in (first, second)
    ]
    assert run_summaries.parts(counted) == [
        run_summaries.RunPart(run_summaries.WAITING, "usd", 1, 10800),
        run_summaries.RunPart(payout_states.PAID, "usd", 1, 9000),
    ]
    page = browser_of(alma).get(f"/admin/payouts/{first.run_id}").get_data(as_text=True)
    assert "Some wait" in page
    assert escape(Reason(reasons.BANK_NOT_READY).told(first.coach.user.name)) in page
    bank_accounts.refresh_account(restricted.stripe_id)
    with pytest.raises(Conflict, match="bank details"):
        payout_runs.retry_payout(alma, payout_id=first.id)
    with pytest.raises(payout_runs.NothingToRetry):
        payout_runs.retry_payout(alma, payout_id=second.id)
    stripe.onboard(restricted.stripe_id, "complete")
    bank_accounts.refresh_account(restricted.stripe_id)
    for _ in range(2):
        payout_runs.retry_payout(alma, payout_id=first.id)
    assert waiting().count("send_payout") == 1
    run_jobs()
    assert now(first).status == payout_states.PAID
    sent = stripe.read("transfers", limit=100)["data"]
    assert sorted(transfer["amount"] for transfer in sent) == [9000, 10800]
    assert balance(account_of_coach(ada.id), "usd") == balance("in_transit", "usd") == 0
    assert reconcile().agrees


def test_an_admin_holds_and_releases_on_the_coachs_page(ada, alma, browser_of):
    browser = browser_of(alma)
    path = f"/admin/payouts/coaches/{ada.id}"
    blank = browser.submit(f"{path}/hold", {"reason": "  "}, seen=path)
    assert blank.status_code == 422
    assert browser.submit(f"{path}/hold", {"reason": REASON}, seen=path).status_code == 303
    again = browser.submit(f"{path}/hold", {"reason": "Typed for nothing."}, seen="/account")
    assert (again.status_code, "on hold already" in again.get_data(as_text=True)) == (409, True)
    earnings_page = browser_of(ada.user).get("/dashboard/earnings").get_data(as_text=True)
    assert "Your payouts are on hold." in earnings_page
    assert REASON in earnings_page
    assert "On hold; the reason is above." in earnings_page
    assert browser.submit(f"{path}/release", seen=path).status_code == 303
    refused = browser.submit(f"{path}/release", seen="/account")
    assert refused.status_code == 409
    page = browser.get(path).get_data(as_text=True)
    assert "Holds before" in page
    assert "Hold the payouts" in page


def test_a_hold_through_the_api(ada, alma, api):
    admins, path = api(alma), f"/admin/coaches/{ada.id}/payout-hold"
    assert list(admins.post(path, {"reason": " "}).json["errors"]) == ["reason"]
    held = admins.post(path, {"reason": REASON})
    assert (held.status_code, held.json["reason"], held.json["released_at"]) == (201, REASON, None)
    assert admins.post(path, {"reason": REASON}).status_code == 409
    assert api(ada.user).get("/coach/balance").json["hold_reason"] == REASON
    assert admins.post(f"{path}/release").json["released_at"]
    assert admins.post(f"{path}/release").status_code == 409


def test_who_signed_in_a_while_ago_types_the_password_before_money_moves(ada, bank, earn, alma, moment, browser_of):
    bank(ada)
    earn(ada)
    run = payout_runs.propose_run(alma)
    browser, path = browser_of(alma), f"/admin/payouts/{run.id}"
    moment.advance(minutes=31)
    asked = browser.submit(f"{path}/approve", seen=path)
    assert asked.status_code == 403
    assert "Your password, once more" in asked.get_data(as_text=True)
    session().expire_all()
    assert run_queries.run(alma, run.id).approved_at is None
    typed = {"step_up_password": "correct horse battery staple"}
    assert browser.submit(f"{path}/approve", typed, seen=path).status_code == 302
    assert run_queries.run(alma, run.id).approved_at
