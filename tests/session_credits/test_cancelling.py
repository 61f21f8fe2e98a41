"""A credit with which no session is scheduled is cancelled: all of it is refunded to whoever paid."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.invoices import queries as invoices
from marketplace.invoices.service import issuance
from marketplace.ledger.queries.balances import balances
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.billing_parties.service import name_party
from marketplace.session_credits.service import orders, refunds
from tests.asks.payers.conftest import ACME
from tests.asks.test_pages import words
from tests.factories import a_person
from tests.invariants.conftest import broken
from tests.scenes import TEN
from tests.session_credits.conftest import again, paid_for


def mails_to(address):
    """What somebody was written: subject and text, the last one last."""
    found = session().scalars(select(Message).where(Message.recipient == address).order_by(Message.id))
    return [" ".join(f"{mail.subject} | {mail.text}".split()) for mail in found]


def test_all_of_it_is_refunded_once_and_both_are_told(credit, mia, ada, moment, run_jobs):
    moment.advance(days=59)
    refunds.cancel(mia, credit_id=credit.id)
    with pytest.raises(refunds.CreditNotCancelled, match="Its time is over"):
        refunds.cancel(mia, credit_id=credit.id)
    moment.advance(days=2)
    refunds.settle_credits()
    run_jobs()
    found = again(credit)
    assert (found.status, found.end_reason, found.refunded_cents) == ("refunded", "cancelled", 9000)
    assert (balances()["sessions_owed", "usd"], payments.refunded_cents(credit.payment_id)) == (0, 9000)
    assert any("90.00 USD is refunded: your session with Ada" in each for each in mails_to(mia.email))
    assert any("You cancelled it before a time was chosen." in each for each in mails_to(mia.email))
    assert any("Mia cancelled it before a time was chosen." in each for each in mails_to(ada.user.email))
    issuance.issue_invoices(str(credit.payment_id))
    _invoice, note = invoices.of_payment(credit.payment_id)
    assert (note.kind, note.gross_cents) == ("credit_note", 9000)
    assert "Why: cancelled." in note.content["notes"][0]
    assert not {"credits_end", "credits_are_in_one_place", "sessions_owed_is_unsettled"} & broken()


def test_no_session_is_scheduled_with_it_then(credit, mia):
    refunds.cancel(mia, credit_id=credit.id)
    with pytest.raises(orders.CreditUsed):
        orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    assert broken() == set()


def test_once_a_session_is_scheduled_the_session_is_cancelled(credit, mia):
    orders.schedule(mia, credit_id=credit.id, starts_at=TEN)
    with pytest.raises(refunds.CreditNotCancelled, match="Cancel the session"):
        refunds.cancel(mia, credit_id=credit.id)
    assert payments.refunds_of(credit.payment_id) == []


def test_what_is_not_paid_has_lapsed_or_is_asked_back_by_a_bank_is_not_cancelled(unpaid, mia, moment, stripe):
    with pytest.raises(refunds.CreditNotCancelled, match="Nothing is paid"):
        refunds.cancel(mia, credit_id=unpaid.id)
    credit = paid_for(mia, unpaid, stripe)
    payments.one(credit.payment_id).disputed_at = moment.now
    with pytest.raises(refunds.CreditNotCancelled, match="The bank asks"):
        refunds.cancel(mia, credit_id=credit.id)
    payments.one(credit.payment_id).disputed_at = None
    moment.advance(days=60)
    with pytest.raises(refunds.CreditNotCancelled, match="Its time is over"):
        refunds.cancel(mia, credit_id=credit.id)
    refunds.settle_credits()
    assert again(credit).end_reason == "not_scheduled"


def test_it_is_its_mentees_alone_to_cancel(credit, ada, alma):
    for other in (ada.user, alma, a_person("Noor")):
        with pytest.raises(NotFound):
            refunds.cancel(other, credit_id=credit.id)
    assert again(credit).status == "open"


def test_where_somebody_else_paid_it_is_refunded_to_them_and_both_read_so(
    unpaid, mia, ada, stripe, run_jobs, browser_of
):
    name_party(unpaid.id, ACME, locale="")
    credit = paid_for(mia, unpaid, stripe)
    issuance.issue_invoices(str(credit.payment_id))
    shown = words(browser_of(mia).get(f"/credits/{credit.id}"))
    assert "Acme Ltd has paid for it" in shown
    assert "Cancel and refund 90.00 USD" in shown
    refunds.cancel(mia, credit_id=credit.id)
    run_jobs()
    issuance.issue_invoices(str(credit.payment_id))
    assert any("All of the 90.00 USD is refunded to Acme Ltd, who paid for it." in mail for mail in mails_to(mia.email))
    assert any("All of the 90.00 USD is refunded to Acme Ltd." in mail for mail in mails_to(ada.user.email))
    assert "90.00 USD that you had paid for Mia was refunded to you" in mails_to(ACME.email)[-1]
    assert {each.content["buyer"]["name"] for each in invoices.of_payment(credit.payment_id)} == {"Acme Ltd"}


def test_its_page_asks_once_more_and_says_what_became_of_it(credit, ada, mia, browser_of):
    mentee, coach, page = browser_of(mia), browser_of(ada.user), f"/credits/{credit.id}"
    assert "Cancel and get 90.00 USD back" in words(mentee.get(page))
    assert "Cancel this credit" not in words(coach.get(page))
    done = mentee.submit(f"{page}/cancel", seen=page, follow_redirects=True)
    assert "Cancelled. All of it is refunded." in words(done)
    assert "You cancelled it before a time was chosen." in words(done)
    assert "Cancel this credit" not in words(done)
    assert "Mia cancelled it before a time was chosen." in words(coach.get(page))
    assert "Its time is over" in words(mentee.submit(f"{page}/cancel", seen=page, follow_redirects=True))
    assert coach.submit(f"{page}/cancel", seen=page).status_code == 404


def test_through_the_api_it_is_cancelled_once_however_often_it_is_asked_under_a_key(api, credit, mia, ada):
    mentee, path = api(mia), f"/credits/{credit.id}/cancel"
    assert api(ada.user).post(path).status_code == 404
    answers = [mentee.post(path, **{"Idempotency-Key": "once"}) for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (answers[1].json["status"], answers[1].json["end_reason"]) == ("refunded", "cancelled")
    refused = mentee.post(path)
    assert (refused.status_code, "Its time is over" in refused.json["detail"]) == (409, True)
    at = (TEN + timedelta(hours=1)).isoformat()
    assert mentee.post(f"/credits/{credit.id}/schedule", {"starts_at": at}).status_code == 409
