"""Somebody else pays a quote: by a link, once, on the one page that its asker has too."""

import pytest
from sqlalchemy import select

from marketplace import payment_subjects
from marketplace.asks.payers import queries, rules
from marketplace.asks.payers.queries import LinkWithdrawn
from marketplace.asks.payers.service import links, paying
from marketplace.asks.quotes import service as quotes
from marketplace.asks.quotes.models import Quote
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.db import session
from marketplace.errors import NotFound
from marketplace.invoices.service import issuance
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from tests.asks.payers.conftest import ACME, PURPOSE, secret_of
from tests.factories import a_person
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
