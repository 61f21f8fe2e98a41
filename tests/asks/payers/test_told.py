"""Where somebody else paid, nobody is told that their own card or bank has to do with it, and both learn who has."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.asks.quotes import service as quotes
from marketplace.attendance import queries as attendance_queries
from marketplace.attendance import service as attendance
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.db import session
from marketplace.notifications.models import Message
from marketplace.payments.billing_parties.service import name_party
from marketplace.payments.service import disputes
from marketplace.session_credits.service import disputes as credit_disputes
from tests.asks.payers.conftest import ACME
from tests.asks.test_pages import words
from tests.factories import a_hold, a_payment, an_offering
from tests.scenes import TEN
from tests.session_credits.conftest import paid_for

OWN = (
    "your card",
    "your bank",
    "refunded to you",
    "card you paid with",
    "card that you paid with",
    "refund 60.00 usd to you",
)


@pytest.fixture
def booked(mia, ada, stripe):
    """A session of Mia's that Acme Ltd has paid for."""
    held = a_hold(mia, an_offering(ada), TEN)
    name_party(held.id, ACME, locale="")
    return a_payment(mia, held, stripe)


def read(recipient, facts):
    """Subject and text of the mails to an address about these."""
    found = session().scalars(select(Message).where(Message.recipient == recipient).order_by(Message.id))
    return [" ".join(f"{mail.subject} {mail.text}".split()) for mail in found if (mail.key or "").startswith(facts)]


def told(person, *facts):
    """The subjects of the mails to a person about these; none of them speaks of what is not theirs."""
    found = session().scalars(select(Message).where(Message.recipient == person.email).order_by(Message.id))
    mails = [mail for mail in found if (mail.key or "").startswith(facts)]
    for mail in mails:
        words = " ".join(f"{mail.subject} {mail.text}".split())
        assert not [own for own in OWN if own in words.casefold()], words
        assert "Acme Ltd" in words
    return [mail.subject for mail in mails]


def coach_reads(ada, *facts):
    """What the coach is told about these; each says who paid."""
    texts = read(ada.user.email, facts)
    assert texts
    for text in texts:
        assert "Acme Ltd has paid for Mia." in text, text
        assert "refunded to Mia" not in text, text
        assert "ank of Mia" not in text, text
    return texts


def shown(browser, path):
    """The words of a page; none of them speaks of what is not the reader's."""
    said = words(browser.get(path))
    assert not [own for own in OWN if own in said.casefold()], said
    assert "refunded to Mia" not in said
    return said


def test_a_goodwill_refund_goes_to_who_paid(booked, mia, ada, alma):
    left = goodwill_refunds.refundable_cents(alma, booking_id=booked.id)
    goodwill_refunds.refund(
        alma, booking_id=booked.id, cents=6000, paid_by="platform", reason="Why.", expected_refundable_cents=left
    )
    assert told(mia, "beyond:") == ["60.00 USD is refunded to Acme Ltd"]
    (coachs,) = coach_reads(ada, "beyond:")
    assert "We decided to refund 60.00 USD to Acme Ltd. It costs you nothing" in coachs


@pytest.mark.parametrize("verdict", [("refund", None), ("split", 6000)])
def test_what_is_settled_goes_to_who_paid(booked, mia, ada, alma, moment, browser_of, verdict):
    moment.set(booked.starts_at + timedelta(minutes=20))
    attendance.report_no_show(mia, booking_id=booked.id, words="I waited.")
    moment.set(booked.ends_at)
    attendance.answer_no_show(ada.user, booking_id=booked.id, answer="took_place", words="I was there.")
    outcome, cents = verdict
    attendance.decide(
        alma,
        report_id=attendance_queries.find(booked.id).id,
        verdict=outcome,
        refund_cents=cents,
        reason="We read both.",
    )
    assert len(told(mia, "no-show-settled")) == 1
    coach_reads(ada, "no-show-reported", "no-show-settled")
    amount = (
        "60.00 USD is refunded to Acme Ltd, the rest stays with" if cents else "120.00 USD is refunded to Acme Ltd."
    )
    report_id = attendance_queries.find(booked.id).id
    for person, path in (
        (mia, f"/sessions/{booked.id}"),
        (ada.user, f"/sessions/{booked.id}"),
        (alma, f"/admin/attendance/{report_id}"),
    ):
        assert f"Settled: {amount}" in shown(browser_of(person), path)


def disputed(stripe, payment, follower, *steps):
    """The payment is disputed and then decided; what it is for follows twice each time, and tells once."""
    stripe_id = stripe.dispute(payment.charge_id, reason="fraudulent")["id"]
    for step in (None, *steps):
        if step is not None:
            stripe.decide(stripe_id, step)
        disputes.sync_dispute(stripe_id)
        for _twice in range(2):
            follower.dispute_changed(stripe_id)


@pytest.mark.parametrize("ends", ["won", "lost"])
def test_the_bank_is_that_of_who_paid(booked, mia, ada, alma, stripe, ends):
    disputed(stripe, booked.payment, booking_disputes, ends)
    subjects = told(mia, "dispute")
    assert subjects[0] == "The bank of Acme Ltd disputes a payment of 120.00 USD"
    assert len(subjects) == 2
    opened, over = coach_reads(ada, "dispute")
    assert "The bank of Acme Ltd disputes the payment of 120.00 USD" in opened
    assert {"won": "decided for us", "lost": "decided for Acme Ltd: 120.00 USD was refunded"}[ends] in over
    assert all("Paid by: Acme Ltd" in mail for mail in read(alma.email, ("dispute-",)))


@pytest.mark.parametrize(
    ("ends", "says"), [("won", "has decided that 120.00 USD stays paid"), ("lost", "120.00 USD is refunded to you")]
)
def test_who_paid_is_told_of_a_dispute_as_a_mentee_who_pays_is_and_nothing_of_the_brief(booked, stripe, ends, says):
    disputed(stripe, booked.payment, booking_disputes, ends)
    opened, over = read(ACME.email, ("payer_dispute:",))
    assert "Your bank disputes the payment of 120.00 USD that you made for Mia." in opened
    assert "Your reference: PO-7781" in opened
    assert says in over
    assert not [mail for mail in (opened, over) if " ".join(booked.brief.split()) in mail]


def test_who_paid_and_gave_no_address_is_told_nothing_of_a_dispute(mia, ada, stripe):
    held = a_hold(mia, an_offering(ada), TEN)
    name_party(held.id, replace(ACME, email=""), locale="")
    disputed(stripe, a_payment(mia, held, stripe).payment, booking_disputes, "lost")
    keys = session().scalars(select(Message.key)).all()
    assert not [key for key in keys if key and key.startswith("payer_dispute")]


def test_a_dispute_of_a_credit_is_told_to_who_paid_and_to_admins(quote, mia, alma, stripe):
    credit = quotes.buy_credit(mia, quote_id=quote.id)
    name_party(credit.id, ACME, locale="")
    credit = paid_for(mia, credit, stripe)
    disputed(stripe, credit.payment, credit_disputes, "lost")
    assert len(read(ACME.email, ("payer_dispute:",))) == 2
    assert len(read(alma.email, ("dispute-",))) == 2


def test_a_session_that_is_cancelled_says_before_and_after_that_who_paid_is_refunded(booked, mia, ada, browser_of):
    mentee, coach, page = browser_of(mia), browser_of(ada.user), f"/sessions/{booked.id}"
    asked = "120.00 USD of 120.00 USD is refunded to Acme Ltd, who paid for it."
    assert asked in shown(coach, f"{page}/cancel")
    before = shown(mentee, f"{page}/cancel")
    assert asked in before
    assert "Cancel and refund 120.00 USD" in before
    cancelled = mentee.submit(f"{page}/cancel", {"expected_refund_cents": 12000}, seen=f"{page}/cancel")
    assert cancelled.status_code == 303
    after = "120.00 USD is refunded to Acme Ltd, who paid for it. Banks take up to ten days to show it."
    assert after in shown(mentee, page)
    assert after in shown(coach, page)
    assert "Everything is refunded to Acme Ltd." in coach_reads(ada, "cancelled:")[0]
    assert len(told(mia, "cancelled:")) == 1


def test_who_reports_a_no_show_reads_that_who_paid_would_be_refunded(booked, mia, ada, moment, browser_of):
    mentee, page = browser_of(mia), f"/sessions/{booked.id}"
    moment.set(booked.starts_at + timedelta(minutes=20))
    assert "Without an answer 120.00 USD is refunded to Acme Ltd, who paid for it." in shown(mentee, page)
    attendance.report_no_show(mia, booking_id=booked.id, words="I waited.")
    follows = "Without an answer 120.00 USD is refunded to Acme Ltd."
    assert follows in shown(mentee, page)
    assert follows in shown(browser_of(ada.user), page)
    assert "120.00 USD is refunded to Acme Ltd." in coach_reads(ada, "no-show-reported")[0]
