"""Whoever holds the payer's link pays a quote for which no time is chosen: a credit of its asker's."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from marketplace import payment_subjects
from marketplace.asks.payers import queries, rules
from marketplace.asks.payers.queries import LinkWithdrawn
from marketplace.asks.payers.service import links, paying
from marketplace.asks.quotes import queries as quote_queries
from marketplace.asks.quotes import service as quotes
from marketplace.asks.service import answers
from marketplace.bookings.cancellations import service as cancellations
from marketplace.db import session
from marketplace.invoices import queries as invoices
from marketplace.invoices.service import issuance
from marketplace.ledger.queries.balances import balances
from marketplace.payments import queries as payments
from marketplace.payments.models import Payment
from marketplace.session_credits import queries as credits
from marketplace.session_credits.service import orders
from marketplace.session_credits.service import refunds as credit_refunds
from tests.asks.payers.conftest import ACME, PURPOSE, secret_of
from tests.asks.payers.test_paying import mails_to, pay_page
from tests.asks.test_pages import words
from tests.factories import a_hold, a_person
from tests.invariants.conftest import broken
from tests.scenes import TEN

TYPED = ACME.as_row()


def credit_of(quote):
    """What was bought for a quote, as it is now."""
    bought = session().get(type(quote), quote.id, populate_existing=True).credit_id
    return credits.locked(bought)


@pytest.fixture
def bought(quote, mia, secret, stripe):
    """Acme Ltd has paid, and Mia has chosen no time yet."""
    paying.pay(quote.id, secret, ACME, without_time=True)
    pay_page(stripe, credit_of(quote).id)
    return credit_of(quote)


def test_the_credit_is_the_askers_and_every_document_the_payers(bought, quote, mia, ada, secret, run_jobs):
    assert (bought.status, bought.mentee_id, bought.price_cents) == ("open", mia.id, 9000)
    assert queries.page(quote.id, secret).standing == rules.PAID
    assert "Acme Ltd has paid the offer of Ada" in mails_to(mia.email)
    assert "Your session with Ada is paid. Choose a time" in mails_to(mia.email)
    issuance.issue_invoices(str(bought.payment_id))
    booking = orders.schedule(mia, credit_id=bought.id, starts_at=TEN)
    assert booking.payment_id == bought.payment_id
    cancellations.cancel(ada.user, booking_id=booking.id, expected_refund_cents=9000)
    run_jobs()
    issuance.issue_invoices(str(bought.payment_id))
    named = ("name", "address", "tax_id", "reference")
    told = [
        (each.kind, {key: each.content["buyer"][key] for key in named})
        for each in invoices.of_payment(bought.payment_id)
    ]
    party = {key: TYPED[key] for key in named}
    assert told == [("invoice", party), ("credit_note", party)]
    assert mails_to(ACME.email) == ["90.00 USD paid: invoice ADA-00001", "90.00 USD refunded: credit note ADA-00002"]
    assert broken() == set()


def test_what_the_asker_cancels_or_lets_lapse_is_refunded_to_the_payer(bought, mia, moment, run_jobs):
    moment.advance(days=60)
    credit_refunds.settle_credits()
    run_jobs()
    assert (payments.refunded_cents(bought.payment_id), balances()["sessions_owed", "usd"]) == (9000, 0)
    issuance.issue_invoices(str(bought.payment_id))
    assert mails_to(ACME.email)[-1] == "90.00 USD refunded: credit note ADA-00002"


def test_nobody_pays_for_a_time_later_without_having_agreed_to(quote, mia, secret):
    with pytest.raises(paying.NoTime):
        paying.pay(quote.id, secret, ACME)
    assert "Choose a time with Ada, so that it can be paid" in mails_to(mia.email)
    assert session().scalar(select(func.count()).select_from(Payment)) == 0
    page = queries.page(quote.id, secret)
    assert (page.standing, page.without_time) == (rules.NEEDS_TIME, True)


def test_where_a_time_can_be_had_the_time_is_paid_for(quote, mia, secret, offering):
    held = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    assert not queries.page(quote.id, secret).without_time
    url = paying.pay(quote.id, secret, ACME, without_time=True)
    assert payments.of_subject(held.id).checkout_url == url
    assert quote_queries.one(mia, quote.id).credit_id is None


def test_a_time_that_is_gone_is_paid_for_without_one(quote, mia, secret, offering):
    held = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    cancellations.cancel(mia, booking_id=held.id, expected_refund_cents=0)
    a_hold(a_person("Ben"), offering, TEN)
    with pytest.raises(paying.NoTime):
        paying.pay(quote.id, secret, ACME)
    url = paying.pay(quote.id, secret, ACME, without_time=True)
    assert payments.of_subject(credit_of(quote).id).checkout_url == url


def test_asker_and_payer_have_one_page_whoever_is_first(quote, mia, secret):
    taken = quotes.buy_credit(mia, quote_id=quote.id)
    page = queries.page(quote.id, secret)
    assert (page.standing, page.without_time, page.pay_until) == (rules.OPEN, True, taken.pay_until)
    urls = {
        orders.pay(mia, credit_id=taken.id),
        paying.pay(quote.id, secret, ACME),
        paying.pay(quote.id, secret, ACME, without_time=True),
    }
    assert len(urls) == 1
    with pytest.raises(quotes.QuoteBeingPaid):
        quotes.buy_credit(mia, quote_id=quote.id)
    with pytest.raises(quotes.QuoteBeingPaid):
        quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    assert session().scalar(select(func.count()).select_from(Payment)) == 1


def test_one_that_was_not_paid_in_time_is_bought_once_more(quote, secret, moment):
    first = paying.pay(quote.id, secret, ACME, without_time=True)
    lapsed = credit_of(quote)
    moment.advance(minutes=16)
    with pytest.raises(paying.NotPayable, match="being closed"):
        paying.pay(quote.id, secret, ACME, without_time=True)
    credit_refunds.settle_credits()
    payment_subjects.abandon_payment(str(lapsed.payment_id))
    assert paying.pay(quote.id, secret, ACME) != first
    assert credit_of(quote).id != lapsed.id


def test_what_is_paid_too_late_is_refunded_to_who_paid(quote, mia, secret, stripe, moment, run_jobs):
    paying.pay(quote.id, secret, ACME, without_time=True)
    late = credit_of(quote)
    stripe.pay(payments.one(late.payment_id).checkout_id)
    moment.advance(minutes=16)
    credit_refunds.settle_credits()
    payment_subjects.settle_payment(str(late.payment_id))
    run_jobs()
    assert payments.refunded_cents(late.payment_id) == 9000
    issuance.issue_invoices(str(late.payment_id))
    assert "90.00 USD refunded: credit note ADA-00002" in mails_to(ACME.email)
    assert "90.00 USD is refunded: your session with Ada" in mails_to(mia.email)
    assert broken() <= {"quotes_follow_their_session"}


def test_a_withdrawn_or_replaced_link_buys_nothing_and_its_page_is_closed(quote, mia, secret, stripe):
    paying.pay(quote.id, secret, ACME, without_time=True)
    opened = credit_of(quote)
    renewed = secret_of(links.make_link(mia, quote_id=quote.id, purpose=PURPOSE))
    assert (credits.locked(opened.id).status, payments.one(opened.payment_id).status) == ("lapsed", "cancelled")
    with pytest.raises(LinkWithdrawn):
        paying.pay(quote.id, secret, ACME, without_time=True)
    links.withdraw_link(mia, quote_id=quote.id)
    with pytest.raises(LinkWithdrawn):
        paying.pay(quote.id, renewed, ACME, without_time=True)
    assert queries.found(quote.id).name == ""


def test_a_quote_that_is_over_replaced_or_its_coach_gone_is_not_paid(quote, ask, ada, secret, moment):
    ada.status = "suspended"
    session().flush()
    with pytest.raises(paying.NotPayable, match="offers no sessions"):
        paying.pay(quote.id, secret, ACME, without_time=True)
    ada.status = "approved"
    session().flush()
    quotes.quote(ada.user, ask_id=ask.id, minutes=30, price_cents=None, note="")
    with pytest.raises(paying.NotPayable, match="another offer"):
        paying.pay(quote.id, secret, ACME, without_time=True)
    moment.advance(hours=73)
    with pytest.raises(paying.NotPayable):
        paying.pay(quote.id, secret, ACME, without_time=True)
    assert session().scalar(select(func.count()).select_from(Payment)) == 0


@pytest.mark.parametrize(
    ("ends", "on_page", "said"),
    [
        ("withdrawn", 410, "withdrawn or replaced"),
        ("replaced", 410, "withdrawn or replaced"),
        ("expired", 303, "The time in which this offer could be taken is over"),
        ("superseded", 303, "another offer"),
        ("declined", 303, "This offer was withdrawn"),
    ],
)
def test_whatever_ended_it_the_link_says_so_at_both_doors_and_sells_nothing(
    quote, ask, ada, mia, secret, client, anonymous_api, moment, ends, on_page, said
):
    {
        "withdrawn": lambda: links.withdraw_link(mia, quote_id=quote.id),
        "replaced": lambda: links.make_link(mia, quote_id=quote.id, purpose=PURPOSE),
        "expired": lambda: moment.advance(hours=72),
        "superseded": lambda: quotes.quote(ada.user, ask_id=ask.id, minutes=30, price_cents=None, note=""),
        "declined": lambda: answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply=""),
    }[ends]()
    refused = anonymous_api.post(f"/payer-links/{quote.id}/{secret}/pay", TYPED | {"without_time": True})
    assert (refused.status_code, said in refused.json["detail"]) == (409, True)
    typed = TYPED | {"without_time": "yes"}
    assert client.submit(f"/pay/{quote.id}/{secret}", typed, seen="/coaches").status_code == on_page
    assert said in words(client.get(f"/pay/{quote.id}/{secret}"))
    assert (
        session().scalar(text("select (select count(*) from payments) + (select count(*) from session_credits)")) == 0
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("offerings set kind = 'therapist'", "Therapy is booked with its time"),
        ("asks set origin = 'invitation'", "invitation"),
    ],
)
def test_where_the_asker_may_not_the_payer_may_not(quote, ask, mia, secret, browser_of, changed, said):
    asker, page = browser_of(mia), f"/asks/{ask.id}"
    assert "Pay now, choose the time within 60 days" in words(asker.get(page))
    session().execute(text(f"update {changed}"))
    assert "Pay now, choose the time within 60 days" not in words(asker.get(page))
    assert said in words(asker.submit(f"/quotes/{quote.id}/credit", seen=page, follow_redirects=True))
    assert not queries.page(quote.id, secret).without_time
    with pytest.raises(paying.NoTime):
        paying.pay(quote.id, secret, ACME, without_time=True)


def test_an_asker_who_cannot_buy_is_no_reason_to_ask_for_a_time(quote, mia, secret):
    mia.confirmed_at = None
    session().flush()
    with pytest.raises(paying.NotPayable) as refused:
        paying.pay(quote.id, secret, ACME, without_time=True)
    assert refused.type is paying.NotPayable
    assert "Choose a time with Ada, so that it can be paid" not in mails_to(mia.email)


def test_it_goes_its_way_through_the_page_of_the_link(quote, mia, secret, client, browser_of, stripe, moment):
    asker, link = browser_of(mia), f"/pay/{quote.id}/{secret}"
    assert "you choose one within 60 days" in words(asker.get(f"/quotes/{quote.id}/payer"))
    shown = words(client.get(link))
    assert "at a time that Mia chooses within 60 days of the payment" in shown
    assert "Pay 90.00 USD" in shown
    sent = client.submit(link, TYPED | {"without_time": "yes"})
    payment = payments.of_subject(credit_of(quote).id)
    assert (sent.status_code, sent.location) == (303, payment.checkout_url)
    stripe.pay(payment.checkout_id)
    back = client.get(payment.return_url + "?paid=1")
    assert "The receipt comes by mail" in words(back)
    assert client.get(payment.return_url).status_code == 302
    payment_subjects.settle_payment(str(payment.id))
    assert "This is paid." in words(client.get(link))
    assert "Acme Ltd has paid for it" in words(asker.get(f"/credits/{credit_of(quote).id}"))


def test_through_the_api(quote, secret, anonymous_api, api, mia):
    link = f"/payer-links/{quote.id}/{secret}"
    shown = anonymous_api.get(link).json
    assert (shown["standing"], shown["without_time"], shown["starts_at"]) == ("needs_time", True, None)
    assert anonymous_api.post(f"{link}/pay", TYPED).status_code == 409
    assert anonymous_api.post(f"{link}/pay", TYPED | {"without_time": "perhaps"}).status_code == 422
    wrong = f"/payer-links/{quote.id}/{'a' * 32}/pay"
    assert anonymous_api.post(wrong, TYPED | {"without_time": True}).status_code == 404
    url = anonymous_api.post(f"{link}/pay", TYPED | {"without_time": True}).json["url"]
    (mine,) = api(mia).get("/credits").json["items"]
    assert api(mia).post(f"/credits/{mine['id']}/pay").json["url"] == url
    shown = anonymous_api.get(link).json
    assert (shown["standing"], shown["without_time"]) == ("open", True)


def test_the_time_of_the_hold_is_that_of_the_credit(quote, secret, moment):
    paying.pay(quote.id, secret, ACME, without_time=True)
    assert queries.page(quote.id, secret).pay_until == moment.now + timedelta(minutes=15)
