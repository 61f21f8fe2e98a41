"""Somebody else pays a quote: by a link, once, on the one page that its asker has too."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace import clock, payment_subjects
from marketplace.asks.payers import queries, rules
from marketplace.asks.payers.models import QuotePayer
from marketplace.asks.payers.queries import LinkWithdrawn
from marketplace.asks.payers.service import links, paying
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.models import Quote
from marketplace.asks.service import answers
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.holds import expiry as hold_expiry
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.invoices.service import issuance
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.billing_parties import queries as billing_parties
from marketplace.payments.billing_parties.rules import Named
from marketplace.payments.billing_parties.service import PaidAlready, name_party
from marketplace.payments.service import checkouts
from marketplace.written_answers.service import deliveries
from tests.asks.payers.conftest import ACME, PURPOSE, secret_of
from tests.factories import a_booking, a_hold, a_person
from tests.scenes import TEN


def mails_to(address):
    """The subjects of the mails to an address, in order."""
    return session().scalars(select(Message.subject).where(Message.recipient == address).order_by(Message.id)).all()


def pay_page(stripe, subject_id):
    """The card pays on the one page of a thing."""
    payment = payments.of_subject(subject_id)
    stripe.pay(payment.checkout_id)
    payment_subjects.settle_payment(str(payment.id))
    quotes.settle_quotes()
    return payment


def test_the_employer_pays_the_time_that_was_chosen_and_is_named_on_the_invoice(quote, mia, ada, secret, stripe):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    page = queries.page(quote.id, secret)
    assert (page.standing, page.starts_at, page.payer.purpose) == (rules.OPEN, TEN, PURPOSE)
    url = paying.pay(quote.id, secret, ACME)
    assert url == booking_checkout.pay(mia, booking_id=booking.id) == paying.pay(quote.id, secret, ACME)
    payment = pay_page(stripe, booking.id)
    assert session().get(Quote, quote.id, populate_existing=True).status == "paid"
    issuance.issue_invoices(str(payment.id))
    buyer = issuance.queries.of_payment(payment.id)[0].content["buyer"]
    assert buyer == {
        "name": "Acme Ltd",
        "address": "1 Long Street\nLeeds",
        "tax_id": "GB 123 456",
        "reference": "PO-7781",
    }
    assert mails_to(ACME.email) == ["90.00 USD paid: invoice ADA-00001"]
    assert "Acme Ltd has paid the offer of Ada" in mails_to(mia.email)
    assert queries.page(quote.id, secret).standing == rules.PAID
    with pytest.raises(paying.NotPayable, match="This is paid"):
        paying.pay(quote.id, secret, ACME)


def test_a_link_is_nobodys_to_guess_and_the_askers_alone_to_make_withdraw_and_renew(quote, mia, ada, secret):
    for stranger in (ada.user, a_person("Eve")):
        for refused in (
            lambda s=stranger: links.make_link(s, quote_id=quote.id, purpose="x"),
            lambda s=stranger: links.withdraw_link(s, quote_id=quote.id),
            lambda s=stranger: links.save_details(s, quote_id=quote.id, named=ACME),
        ):
            with pytest.raises(NotFound):
                refused()
    with pytest.raises(NotFound):
        queries.page(quote.id, "a" * 32)
    renewed = secret_of(links.make_link(mia, quote_id=quote.id, purpose=PURPOSE))
    with pytest.raises(LinkWithdrawn):
        queries.page(quote.id, secret)
    assert queries.page(quote.id, renewed).quote.id == quote.id
    links.withdraw_link(mia, quote_id=quote.id)
    links.withdraw_link(mia, quote_id=quote.id)
    for gone in (secret, renewed):
        with pytest.raises(LinkWithdrawn):
            paying.pay(quote.id, gone, ACME)


def test_a_time_that_was_let_go_is_held_once_more_for_the_payer_while_it_is_free(quote, mia, secret, stripe, moment):
    first = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    paying.pay(quote.id, secret, ACME)
    moment.advance(minutes=16)
    assert queries.page(quote.id, secret).standing == rules.CLOSING
    with pytest.raises(paying.NotPayable, match="being closed"):
        paying.pay(quote.id, secret, ACME)
    hold_expiry.expire_holds()
    payment_subjects.abandon_payment(str(payments.of_subject(first.id).id))
    quotes.settle_quotes()
    page = queries.page(quote.id, secret)
    assert (page.standing, page.pay_until, page.price_cents) == (rules.OPEN, quote.valid_until, 9000)
    url = paying.pay(quote.id, secret, ACME)
    second = queries.page(quote.id, secret).quote.booking
    assert (second.id != first.id, second.starts_at, second.payment.checkout_url) == (True, TEN, url)


def test_without_a_time_the_asker_is_told_that_somebody_would_pay(quote, mia, ada, secret, offering):
    for _again in range(2):
        with pytest.raises(paying.NoTime):
            paying.pay(quote.id, secret, ACME)
    held = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    cancellations.cancel(mia, booking_id=held.id, expected_refund_cents=0)
    a_hold(a_person("Ben"), offering, TEN)
    with pytest.raises(paying.NoTime):
        paying.pay(quote.id, secret, ACME)
    told = [subject for subject in mails_to(mia.email) if "so that it can be paid" in subject]
    assert told == ["Choose a time with Ada, so that it can be paid"] * 2
    assert billing_parties.of_subject(held.id) is None


def test_a_time_that_cannot_be_held_for_its_asker_now_is_told_as_none(quote, mia, offering, secret):
    held = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    cancellations.cancel(mia, booking_id=held.id, expected_refund_cents=0)
    # As many are held as somebody may hold at once.
    for hour in (12, 14):
        a_hold(mia, offering, TEN.replace(hour=hour))
    with pytest.raises(paying.NoTime):
        paying.pay(quote.id, secret, ACME)


def test_one_of_the_times_that_its_coach_offers_is_held_once_more(ask, ada, mia, moment):
    offered = [TEN, TEN + timedelta(hours=4)]
    offer = {"minutes": 45, "price_cents": None, "note": "", "times": offered}
    quote = quotes.quote(ada.user, ask_id=ask.id, **offer)
    secret = secret_of(links.make_link(mia, quote_id=quote.id, purpose=PURPOSE))
    assert queries.page(quote.id, secret).standing == rules.NEEDS_TIME
    held = quotes.hold(mia, quote_id=quote.id, starts_at=offered[1])
    cancellations.cancel(mia, booking_id=held.id, expected_refund_cents=0)
    assert queries.page(quote.id, secret).standing == rules.OPEN


@pytest.fixture
def written(ask, ada):
    """Ada offers an answer in words within four days."""
    offer = {"minutes": 45, "price_cents": None, "note": "", "form": "written"}
    return quotes.quote(ada.user, ask_id=ask.id, deliver_by=clock.now() + timedelta(days=4), **offer)


@pytest.mark.parametrize("late", [True, False])
def test_a_written_answer_is_paid_by_the_link_and_its_payer_told_what_becomes_of_the_money(
    written, mia, ada, stripe, moment, late
):
    secret = secret_of(links.make_link(mia, quote_id=written.id, purpose=PURPOSE))
    assert queries.page(written.id, secret).starts_at is None
    paying.pay(written.id, secret, ACME)
    answer_id = queries.page(written.id, secret).quote.written_answer_id
    assert queries.page(written.id, secret).pay_until < written.valid_until
    pay_page(stripe, answer_id)
    assert mails_to(ACME.email) == ["90.00 USD is reserved: a written answer of Ada"]
    assert "Acme Ltd has paid the offer of Ada" in mails_to(mia.email)
    if late:
        moment.advance(days=5)
        deliveries.settle_written_answers()
    else:
        deliveries.give_up(ada.user, answer_id=answer_id)
    assert mails_to(ACME.email)[1:] == ["90.00 USD is released: a written answer of Ada"]
    texts = session().scalars(select(Message.text).where(Message.recipient.in_([ACME.email, mia.email]))).all()
    assert any("reserved on the card of Acme Ltd is released" in " ".join(text.split()) for text in texts)
    assert not any("promotion" in text for text in texts if "Hello Acme" in text)


def test_what_is_paid_too_late_for_a_written_answer_is_told_to_its_payer(written, mia, stripe, moment):
    secret = secret_of(links.make_link(mia, quote_id=written.id, purpose=PURPOSE))
    paying.pay(written.id, secret, ACME)
    answer_id = queries.page(written.id, secret).quote.written_answer_id
    payment = payments.of_subject(answer_id)
    stripe.pay(payment.checkout_id)
    moment.advance(minutes=20)
    deliveries.settle_written_answers()
    payment_subjects.settle_payment(str(payment.id))
    assert mails_to(ACME.email) == ["90.00 USD is released: a written answer of Ada"]


def test_who_pays_may_be_said_anew_until_it_is_paid(quote, mia, secret, stripe):
    links.save_details(mia, quote_id=quote.id, named=ACME)
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    assert billing_parties.of_subject(booking.id).reference == "PO-7781"
    links.save_details(mia, quote_id=quote.id, named=Named("Mia Ltd"))
    assert billing_parties.of_subject(booking.id).name == "Mia Ltd"
    links.save_details(mia, quote_id=quote.id, named=Named())
    assert billing_parties.of_subject(booking.id) is None
    links.save_details(mia, quote_id=quote.id, named=Named("Mia Ltd"))
    booking_checkout.pay(mia, booking_id=booking.id)
    payment = payments.of_subject(booking.id)
    stripe.pay(payment.checkout_id)
    payment_subjects.settle_payment(str(payment.id))
    for _settled in range(2):
        with pytest.raises(PaidAlready):
            links.save_details(mia, quote_id=quote.id, named=ACME)
        quotes.settle_quotes()
    with pytest.raises(PaidAlready):
        name_party(booking.id, ACME, locale="")
    issuance.issue_invoices(str(payment.id))
    assert issuance.queries.of_payment(payment.id)[0].content["buyer"]["name"] == "Mia Ltd"


def test_who_would_have_paid_is_forgotten_with_the_quote(quote, ask, ada, mia, secret):
    held = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    links.save_details(mia, quote_id=quote.id, named=ACME)
    cancellations.cancel(mia, booking_id=held.id, expected_refund_cents=0)
    quotes.settle_quotes()
    quotes.quote(ada.user, ask_id=ask.id, minutes=30, price_cents=None, note="")
    assert (queries.found(quote.id).name, billing_parties.of_subject(held.id)) == ("", None)
    page = queries.page(quote.id, secret)
    assert (page.standing, page.payer.purpose) == (rules.SUPERSEDED, PURPOSE)
    with pytest.raises(paying.NotPayable, match="another offer"):
        paying.pay(quote.id, secret, ACME)
    with pytest.raises(quotes.QuoteOver):
        links.make_link(mia, quote_id=quote.id, purpose=PURPOSE)


def test_a_link_says_that_its_quote_is_over_its_coach_gone_or_its_offer_withdrawn(quote, ask, ada, mia, secret, moment):
    ada.status = "suspended"
    session().flush()
    assert queries.page(quote.id, secret).standing == rules.COACH_LEFT
    ada.status = "approved"
    session().flush()
    moment.advance(hours=73)
    assert queries.page(quote.id, secret).standing == rules.EXPIRED
    quotes.settle_quotes()
    with pytest.raises(paying.NotPayable, match="is over"):
        paying.pay(quote.id, secret, ACME)


def test_a_declined_ask_ends_the_link(quote, ask, ada, secret):
    answers.decline(ada.user, ask_id=ask.id, reason="no_time", reply="")
    assert queries.page(quote.id, secret).standing == rules.WITHDRAWN


def test_withdrawing_keeps_a_time_for_which_no_page_is_open(quote, mia, secret):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    links.withdraw_link(mia, quote_id=quote.id)
    assert session().get(Quote, quote.id, populate_existing=True).booking_id == booking.id
    assert booking_checkout.pay(mia, booking_id=booking.id).startswith("http")


def test_withdrawing_lets_an_unpaid_written_answer_go(written, mia, stripe):
    secret = secret_of(links.make_link(mia, quote_id=written.id, purpose=PURPOSE))
    paying.pay(written.id, secret, ACME)
    links.withdraw_link(mia, quote_id=written.id)
    assert session().get(Quote, written.id, populate_existing=True).status == "sent"


def test_money_that_a_bank_is_sending_is_waited_for(quote, mia, secret, stripe):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    paying.pay(quote.id, secret, ACME)
    payments.of_subject(booking.id).settling_since = clock.now()
    session().flush()
    assert queries.page(quote.id, secret).standing == rules.UNDER_WAY
    with pytest.raises(quotes.QuoteBeingPaid):
        links.withdraw_link(mia, quote_id=quote.id)
    with pytest.raises(LinkWithdrawn):
        queries.page(quote.id, secret)


def test_what_is_paid_too_late_is_refunded_to_who_paid(quote, mia, offering, secret, stripe, moment):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    paying.pay(quote.id, secret, ACME)
    payment = payments.of_subject(booking.id)
    stripe.pay(payment.checkout_id)
    moment.advance(minutes=16)
    hold_expiry.expire_holds()
    checkouts.sync(str(payment.id))
    assert queries.page(quote.id, secret).standing == rules.UNDER_WAY
    a_booking(a_person("Ben"), offering, TEN, stripe)
    payment_subjects.settle_payment(str(payment.id))
    quotes.settle_quotes()
    assert "The payment of Acme Ltd came too late and is refunded" in mails_to(mia.email)


def test_a_link_is_made_twenty_times_and_is_shown_while_our_key_is_the_same(quote, mia, secret):
    session().get(QuotePayer, quote.id, populate_existing=True).generation = rules.MOST_LINKS
    session().flush()
    with pytest.raises(links.TooManyLinks):
        links.make_link(mia, quote_id=quote.id, purpose=PURPOSE)
    assert queries.url_of(queries.found(quote.id)) is None


@pytest.mark.parametrize("purpose", ["", "   ", "x" * 301])
def test_a_purpose_is_said(quote, mia, purpose):
    with pytest.raises(Invalid):
        links.make_link(mia, quote_id=quote.id, purpose=purpose)
