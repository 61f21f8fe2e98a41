"""Where somebody else paid, nobody is told that their own card or bank has to do with it, and both learn who has."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.attendance import queries as attendance_queries
from marketplace.attendance import service as attendance
from marketplace.bookings.disputes import service as booking_disputes
from marketplace.bookings.goodwill_refunds import service as goodwill_refunds
from marketplace.db import session
from marketplace.notifications.models import Message
from marketplace.payments.billing_parties.service import name_party
from marketplace.payments.service import disputes
from tests.asks.payers.conftest import ACME
from tests.factories import a_hold, a_payment, an_offering
from tests.scenes import TEN

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


def told(person, *facts):
    """The subjects of the mails to a person about these; none of them speaks of what is not theirs."""
    found = session().scalars(select(Message).where(Message.recipient == person.email).order_by(Message.id))
    mails = [mail for mail in found if (mail.key or "").startswith(facts)]
    for mail in mails:
        words = " ".join(f"{mail.subject} {mail.text}".split())
        assert not [own for own in OWN if own in words.casefold()], words
        assert "Acme Ltd" in words
    return [mail.subject for mail in mails]


def test_a_goodwill_refund_goes_to_who_paid(booked, mia, alma):
    left = goodwill_refunds.refundable_cents(alma, booking_id=booked.id)
    goodwill_refunds.refund(
        alma, booking_id=booked.id, cents=6000, paid_by="platform", reason="Why.", expected_refundable_cents=left
    )
    assert told(mia, "beyond:") == ["60.00 USD is refunded to Acme Ltd"]


@pytest.mark.parametrize("verdict", [("refund", None), ("split", 6000)])
def test_what_is_settled_goes_to_who_paid(booked, mia, ada, alma, moment, verdict):
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


@pytest.mark.parametrize("ends", ["won", "lost"])
def test_the_bank_is_that_of_who_paid(booked, mia, stripe, ends):
    stripe_id = stripe.dispute(booked.payment.charge_id, reason="fraudulent")["id"]
    for step in (None, ends):
        if step is not None:
            stripe.decide(stripe_id, step)
        disputes.sync_dispute(stripe_id)
        booking_disputes.dispute_changed(stripe_id)
    subjects = told(mia, "dispute")
    assert subjects[0] == "The bank of Acme Ltd disputes a payment of 120.00 USD"
    assert len(subjects) == 2
