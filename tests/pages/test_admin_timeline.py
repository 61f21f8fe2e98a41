"""All that is known of one session as admins read it: money as it moved, and what failed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from marketplace import clock
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.db import session
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes, refunds
from marketplace.stripe_inbox.models import StripeEvent
from tests.factories import a_booking, a_hold, a_payment
from tests.pages.reading import read
from tests.scenes import TEN

# Refunds to it succeed at first, and fail later.
RETURNS_REFUNDS = "4000000000005126"


@pytest.fixture
def browser(alma, browser_of):
    return browser_of(alma)


@pytest.fixture
def booking(mia, offering, stripe):
    """Ada's hour, for which Mia paid 120.00 USD."""
    return a_booking(mia, offering, TEN, stripe)


def page_of(browser, booking, show=""):
    return read(browser.get(f"/admin/bookings/{booking.id}{show}"))


def test_an_earning_is_one_sentence_with_the_fee(browser, booking, moment):
    moment.set(TEN + timedelta(days=4))
    payment_outcomes.settle_payment(str(booking.payment_id))
    completions.complete_sessions()
    assert "Ada earned" not in page_of(browser, booking).text
    earnings.release_earnings()
    text = page_of(browser, booking, "?show=money").text
    assert "Ada earned 108.00 USD, our fee is 12.00 USD" in text
    assert "Earning released to the coach" not in text
    assert "We earned a fee" not in text


def test_a_refund_that_came_back_and_who_sent_it_again_are_told(browser, alma, mia, offering, stripe, moment, run_jobs):
    booking = a_payment(mia, a_hold(mia, offering, TEN), stripe, RETURNS_REFUNDS)
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    run_jobs()
    (refund,) = payments.refunds_of(booking.payment_id)
    moment.advance(minutes=2)
    refunds.sync_refund(refund.stripe_id)
    text = page_of(browser, booking).text
    assert "120.00 USD left for the refund to Mia" in text
    assert "120.00 USD of a refund came back: the bank of Mia did not take it" in text
    assert "A refund failed" in text
    assert "by the application" in text
    assert "Sent a refund again" not in text
    refunds.retry_refund(alma, refund_id=refund.id)
    text = page_of(browser, booking).text
    assert "Sent a refund again" in text
    assert "by Alma" in text


def test_a_dispute_is_told_with_what_the_bank_took(browser, booking, stripe):
    disputes.sync_dispute(stripe.dispute(booking.payment.charge_id)["id"])
    text = page_of(browser, booking, "?show=money").text
    assert "The mentee's bank asks about 120.00 USD" in text
    assert "Stripe's fee for the dispute: 15.00 USD" in text
    taken = text.partition("The mentee's bank took the disputed amount")[2]
    assert "120.00 USD" in taken


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"handled": True}, "charge.updated"),
        ({"handled": True, "note": "Nothing to do."}, "Nothing to do."),
        ({}, "Not handled yet"),
        ({"error": "The payment is locked."}, "The payment is locked."),
    ],
)
def test_an_event_of_stripes_says_what_came_of_it(changes, told, browser, booking):
    handled_at = clock.now() if changes.pop("handled", False) else None
    about = {"type": "charge.updated", "object_id": booking.payment.charge_id, "payload": {}}
    session().add(StripeEvent(id="evt_1", handled_at=handled_at, **about, **changes))
    page = page_of(browser, booking, "?show=stripe")
    assert "Stripe told us: Charge updated" in page.text
    assert told in page.text
    assert "/admin/events?type=charge.updated" in page.links


def test_a_mail_that_could_not_be_sent_says_why_and_where_it_is_sent_again(browser, booking, mia):
    mail = session().scalars(select(Message).where(Message.recipient == mia.email)).first()
    waiting = page_of(browser, booking, "?show=mail")
    assert "Waiting to be sent" in waiting.text
    assert "/admin/jobs#mail" not in waiting.links
    mail.status, mail.error = "failed", "SMTP: no such box"
    page = page_of(browser, booking, "?show=mail")
    assert f"Mail to {mia.email} could not be sent: {mail.subject}" in page.text
    assert "SMTP: no such box" in page.text
    assert "/admin/jobs#mail" in page.links


def test_a_job_is_told_by_what_became_of_it_and_not_without_a_time(browser, booking):
    what = "End a hold"
    assert f"Job waiting: {what}" in page_of(browser, booking, "?show=job").text
    session().execute(text("update procrastinate_jobs set status = 'doing' where task_name = 'expire_hold'"))
    assert f"Job running: {what}" in page_of(browser, booking, "?show=job").text
    session().execute(text("update procrastinate_jobs set status = 'failed' where task_name = 'expire_hold'"))
    failed = page_of(browser, booking, "?show=job")
    assert f"Job failed: {what}" in failed.text
    assert "/admin/jobs#failed" in failed.links
    session().execute(text("delete from procrastinate_events"))
    assert what not in page_of(browser, booking, "?show=job").text
