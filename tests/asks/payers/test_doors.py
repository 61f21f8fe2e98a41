"""Who pays: the asker's page, the page of the link, and the same through the API."""

import re
import uuid

import pytest
from sqlalchemy import select

from marketplace import payment_subjects
from marketplace.asks.payers.service import links, paying
from marketplace.asks.quotes import service as quotes
from marketplace.bookings.cancellations import service as cancellations
from marketplace.db import session
from marketplace.invoices.service import issuance
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.service import refunds
from tests.asks.payers.conftest import ACME, PURPOSE
from tests.asks.test_pages import words
from tests.scenes import TEN

TYPED = ACME.as_row()


def link_in(answer):
    return re.search(r"/pay/[0-9a-f-]{36}/[a-z2-7]{32}", answer.get_data(as_text=True))[0]


def test_an_asker_makes_a_link_and_whoever_holds_it_pays_without_an_account(
    browser_of, client, mia, ada, ask, quote, stripe
):
    asker, passer_by = browser_of(mia), client
    page = f"/quotes/{quote.id}/payer"
    assert "Who pays" in words(asker.get(f"/asks/{quote.ask_id}"))
    assert "You pay yourself." in words(asker.get(page))
    assert asker.submit(f"{page}/link", {"purpose": ""}, seen=page).status_code == 422
    made = asker.submit(f"{page}/link", {"purpose": PURPOSE}, seen=page, follow_redirects=True)
    assert "This is the link." in words(made)
    link = link_in(made)
    empty = passer_by.get(link)
    assert "A time has to be chosen" not in words(empty)
    assert "at a time that Mia chooses within 60 days" in words(empty)
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    shown = passer_by.get(link)
    said = words(shown)
    assert "45 minutes for 90.00 USD" in said
    assert PURPOSE in said
    assert ask.about not in said
    assert quote.note not in said
    headers = {name: shown.headers[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")}
    assert headers == {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin"}
    wrong = passer_by.submit(link, TYPED | {"email": "nobody", "name": ""})
    assert (wrong.status_code, "This is no e-mail address." in words(wrong)) == (422, True)
    sent = passer_by.submit(link, TYPED)
    payment = payments.of_subject(booking.id)
    assert (sent.status_code, sent.location) == (303, payment.checkout_url)
    stripe.pay(payment.checkout_id)
    back = passer_by.get(f"/sessions/{booking.id}?paid=1")
    assert "The receipt comes by mail" in words(back)
    assert "Nothing was paid" in words(passer_by.get(f"/sessions/{booking.id}?paid=0"))
    assert passer_by.get(f"/sessions/{booking.id}").status_code == 302
    payment_subjects.settle_payment(str(payment.id))
    quotes.settle_quotes()
    issuance.issue_invoices(str(payment.id))
    done = passer_by.get(link)
    assert "This is paid." in words(done)
    receipt = re.search(r"/receipts/[0-9a-f-]{36}/[0-9a-f]{40}", done.get_data(as_text=True))[0]
    assert passer_by.get(receipt).mimetype == "application/pdf"
    assert passer_by.get(receipt[:-1] + ("0" if receipt[-1] != "0" else "1")).status_code == 404
    again = passer_by.submit(link, TYPED, seen="/coaches", follow_redirects=True)
    assert "This is paid." in words(again)
    assert "Whom invoice and receipt name" not in words(asker.get(page))
    refused = asker.submit(f"{page}/link", {"purpose": PURPOSE}, seen="/asks", follow_redirects=True)
    assert "This quote is over" in words(refused)
    # Of what is refunded both are told, and that it goes to who paid.
    cancellations.cancel(ada.user, booking_id=booking.id, expected_refund_cents=9000)
    refunds.send_refund(str(payments.refunds_of(payment.id)[0].id))
    issuance.issue_invoices(str(payment.id))
    texts = session().execute(select(Message.recipient, Message.text).order_by(Message.id)).all()
    note = [text for to, text in texts if to == ACME.email][-1]
    assert "90.00 USD that you had paid for Mia was refunded to you" in " ".join(note.split())
    assert "/receipts/" in note
    to_mia = [" ".join(text.split()) for to, text in texts if to == mia.email]
    assert any("90.00 USD is refunded to Acme Ltd, who paid for it." in text for text in to_mia)
    assert any("90.00 USD was refunded to Acme Ltd, who paid it" in text for text in to_mia)


def test_an_asker_names_who_pays_and_withdraws_the_link(browser_of, client, mia, quote, secret):
    asker, passer_by = browser_of(mia), client
    page, link = f"/quotes/{quote.id}/payer", f"/pay/{quote.id}/{secret}"
    assert "Say whom the invoice names." in words(asker.submit(page, TYPED | {"name": ""}, seen=page))
    assert "Saved." in words(asker.submit(page, TYPED, seen=page, follow_redirects=True))
    gone = asker.submit(f"{page}/link/withdraw", seen=page, follow_redirects=True)
    assert "You pay yourself." in words(gone)
    closed = passer_by.get(link)
    assert (closed.status_code, "This link was withdrawn" in words(closed)) == (410, True)
    assert passer_by.submit(link, TYPED, seen="/coaches").status_code == 410
    assert passer_by.get(f"/pay/{quote.id}/{'a' * 32}").status_code == 404
    assert passer_by.get(f"/pay/{uuid.uuid4()}/{secret}").status_code == 404


def test_through_the_api(api, anonymous_api, mia, ada, quote, stripe):
    asker, coach, nobody = api(mia), api(ada.user), anonymous_api
    path = f"/quotes/{quote.id}/payer"
    nothing = dict.fromkeys(("name", "address", "tax_id", "reference", "email", "purpose"), "")
    read = asker.get(path)
    assert read.json == nothing | {"pays": "asker", "url": None}
    assert coach.get(path).status_code == 404
    etag = {"If_Match": read.headers["ETag"]}
    assert asker.put(path, {"email": "a@b.example"}, **etag).json["errors"].keys() == set(nothing) - {
        "email",
        "purpose",
    }
    unnamed = {name: "" for name in nothing if name != "purpose"} | {"email": "a@b.example"}
    assert asker.put(path, unnamed, **etag).json["errors"].keys() == {"name"}
    named = asker.put(path, TYPED, **etag)
    assert (named.status_code, named.json) == (200, nothing | TYPED | {"pays": "asker", "url": None})
    assert asker.put(path, TYPED | {"name": "B"}, **etag).status_code == 412
    made = asker.post(f"{path}-link", {"purpose": PURPOSE})
    assert (made.status_code, made.json["pays"], made.json["purpose"]) == (200, "link", PURPOSE)
    secret = made.json["url"].rpartition("/")[2]
    assert asker.get(path).json == made.json
    link = f"/payer-links/{quote.id}/{secret}"
    shown = nobody.get(link)
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.json == {
        "coach": {"handle": "ada", "name": "Ada"},
        "asker": "Mia",
        "purpose": PURPOSE,
        "price": {"amount": 9000, "currency": "usd"},
        "minutes": 45,
        "form": "session",
        "standing": "needs_time",
        "starts_at": None,
        "deliver_by": None,
        "pay_until": shown.json["pay_until"],
        "without_time": True,
    }
    assert nobody.post(f"{link}/pay", TYPED).status_code == 409
    quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    assert nobody.post(f"{link}/pay", {"name": "Acme Ltd"}).json["errors"].keys() == {"email"}
    assert nobody.get(link).json["standing"] == "open"
    url = nobody.post(f"{link}/pay", TYPED).json["url"]
    assert url == stripe_url(quote)
    assert asker.delete(f"{path}-link").status_code == 204
    assert nobody.get(link).status_code == 409
    assert nobody.get(f"/payer-links/{quote.id}/{'a' * 32}").status_code == 404


def stripe_url(quote):
    return payments.of_subject(session().get(type(quote), quote.id, populate_existing=True).booking_id).checkout_url


@pytest.mark.parametrize("paid", [True, False])
def test_withdrawing_the_link_closes_the_page_that_is_open_or_finds_it_paid(mia, quote, secret, stripe, paid):
    booking = quotes.hold(mia, quote_id=quote.id, starts_at=TEN)
    paying.pay(quote.id, secret, ACME)
    payment = payments.of_subject(booking.id)
    if paid:
        stripe.pay(payment.checkout_id)
        with pytest.raises(quotes.QuoteOver):
            links.withdraw_link(mia, quote_id=quote.id)
    else:
        links.withdraw_link(mia, quote_id=quote.id)
        assert quotes.hold(mia, quote_id=quote.id, starts_at=TEN).status == "held"
    status = {True: ("paid", "confirmed"), False: ("cancelled", "cancelled")}[paid]
    session().expire_all()
    assert (payments.one(payment.id).status, session().get(type(booking), booking.id).status) == status
