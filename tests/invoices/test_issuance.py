"""Documents follow the money: made once, numbered without gaps, never changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from marketplace.bookings import queries as booking_queries
from marketplace.bookings.approvals import service as approvals
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.checkout import service as booking_checkout
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.series import service as booking_series
from marketplace.db import session
from marketplace.invoices import queries
from marketplace.invoices.service import details as invoice_details
from marketplace.invoices.service import fee_invoices, invoice_documents, issuance
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.service import disputes as payment_disputes
from marketplace.payments.service import refunds
from tests.documents.reading import text_of
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_payment, an_admin, an_offering, open_all_week
from tests.invoices.conftest import THURSDAY_AT_TEN
from tests.settings import change

SITE = {"site_name": "Fairhour"}


def the_text(booking, at=-1):
    return text_of(invoice_documents.pdf_of(queries.of_payment(booking.payment_id)[at], **SITE))


def give_back(booking, cents, key, run_jobs):
    payment = payments.one(booking.payment_id)
    refunds.intend_refund(payment, cents=cents, reason="a test", key=key)
    run_jobs()
    return payments.refunds_of(payment.id)[-1]


def test_a_paid_session_gets_an_invoice_that_says_everything(paid, papers):
    assert papers(paid) == [("ADA-00001", "invoice", 12000, 1916)]
    said = the_text(paid)
    for words in (
        "Invoice ADA-00001",
        "Ada Coaching GmbH Lange Straße 1 10115 Berlin Tax id DE123456789",
        "To Mia",
        "Date 1 March 2027",
        "One hour of mentoring Thu 4 Mar 2027, 11:00-12:00 (Berlin) 120.00 USD",
        "Net 100.84 USD Tax 19 % 19.16 USD In all 120.00 USD",
        "Paid on 1 March 2027. Nothing is left to pay.",
        "Issued by Fairhour in the name and on behalf of Ada Coaching GmbH.",
    ):
        assert words in said


def test_the_mail_says_what_was_paid_the_number_and_where_the_pdf_is(paid, mia, mailbox):
    (mail,) = [mail for mail in mailbox.to(mia.email) if "invoice" in mail["Subject"]]
    assert mail["Subject"] == "120.00 USD paid: invoice ADA-00001"
    said = mail.get_body(("plain",)).get_content()
    assert "You have paid 120.00 USD to Ada Coaching GmbH:" in said
    assert "Tax in it: 19.16 USD" in said
    assert f"http://localhost/invoices/{queries.of_payment(paid.payment_id)[0].id}.pdf" in said


def test_whoever_says_nothing_about_tax_shows_none(mia, stripe, run_jobs):
    booking = a_booking(mia, an_offering(open_all_week(a_coach("bea"))), THURSDAY_AT_TEN, stripe)
    run_jobs()
    (invoice,) = queries.of_payment(booking.payment_id)
    assert (invoice.net_cents, invoice.tax_cents, invoice.gross_cents) == (12000, 0, 12000)
    assert "Tax" not in the_text(booking)


def test_yen_have_no_cents(mia, stripe, run_jobs, ada):
    booking = a_booking(mia, an_offering(ada, price_cents=9001, currency="jpy"), THURSDAY_AT_TEN, stripe)
    run_jobs()
    assert "Net 7,564 JPY Tax 19 % 1,437 JPY In all 9,001 JPY" in the_text(booking)


def test_hearing_of_the_payment_again_makes_no_other_document(paid, papers, run_jobs):
    for _ in range(2):
        payment_outcomes.settle_payment(str(paid.payment_id))
        issuance.issue_invoices(str(paid.payment_id))
    run_jobs()
    assert len(papers(paid)) == 1


def test_what_is_not_paid_gets_no_document(mia, ada, stripe, run_jobs, papers):
    held = a_hold(mia, an_offering(ada), THURSDAY_AT_TEN)
    booking_checkout.pay(mia, booking_id=held.id)
    held = booking_queries.locked(held.id)
    issuance.issue_invoices(str(held.payment_id))
    assert papers(held) == []


def test_a_request_gets_its_invoice_when_the_money_is_taken(mia, ada, stripe, run_jobs, papers):
    asked = a_payment(mia, a_hold(mia, an_offering(ada, by_approval=True), THURSDAY_AT_TEN), stripe)
    run_jobs()
    assert papers(asked) == []
    approvals.approve(ada.user, booking_id=asked.id)
    run_jobs()
    assert papers(asked) == [("ADA-00001", "invoice", 12000, 1916)]


def test_a_series_is_one_invoice_that_lists_each_session(mia, ada, stripe, run_jobs, papers):
    held = booking_series.hold_series(
        mia, offering_id=an_offering(ada).id, starts_at=THURSDAY_AT_TEN, every_weeks=1, count=3, brief=BRIEF
    )
    booking_checkout.pay(mia, booking_id=held[0].id)
    payment = payments.of_subject(held[0].series_id)
    stripe.pay(payment.checkout_id)
    payment_outcomes.settle_payment(str(payment.id))
    run_jobs()
    first = booking_queries.locked(held[0].id)
    assert papers(first) == [("ADA-00001", "invoice", 36000, 5748)]
    assert all(f"{day} Mar 2027, 11:00-12:00 (Berlin) 120.00 USD" in the_text(first) for day in (4, 11, 18))
    cancellations.cancel(mia, booking_id=held[1].id, expected_refund_cents=12000)
    run_jobs()
    assert papers(first)[1:] == [("ADA-00002", "credit_note", 12000, 1916)]
    assert "Refunded: One hour of mentoring Thu 11 Mar 2027" in the_text(first)


def test_each_refund_gets_a_credit_note_and_all_of_them_give_all_the_tax_back(paid, papers, run_jobs):
    for number, cents in enumerate((4000, 4000, 4000)):
        give_back(paid, cents, f"part-{number}", run_jobs)
    assert papers(paid)[1:] == [
        ("ADA-00002", "credit_note", 4000, 639),
        ("ADA-00003", "credit_note", 4000, 638),
        ("ADA-00004", "credit_note", 4000, 639),
    ]
    said = the_text(paid)
    assert "Credit note ADA-00004" in said
    assert "Belongs to Invoice ADA-00001" in said
    assert "Credits invoice ADA-00001 of 1 March 2027. Why: a test." in said


def test_a_refund_that_failed_after_all_has_its_credit_note_cancelled(mia, ada, stripe, run_jobs, papers, mailbox):
    held = a_hold(mia, an_offering(ada), THURSDAY_AT_TEN)
    paid = a_payment(mia, held, stripe, "4000000000005126")
    run_jobs()
    refund = give_back(paid, 6000, "half", run_jobs)
    assert papers(paid)[-1] == ("ADA-00002", "credit_note", 6000, 958)
    stripe.advance(timedelta(days=2).total_seconds())
    refunds.sync_refund(refund.stripe_id)
    run_jobs()
    assert payments.refund(refund.id).status == "failed"
    assert papers(paid)[-1] == ("ADA-00003", "reversal", 6000, 958)
    assert "Cancels credit note ADA-00002" in the_text(paid)
    assert "60.00 USD did not reach you: ADA-00003" in [mail["Subject"] for mail in mailbox.to(mia.email)]
    refunds.retry_refund(an_admin(), refund_id=refund.id)
    run_jobs()
    assert papers(paid)[-1] == ("ADA-00004", "credit_note", 6000, 958)


def test_a_lost_dispute_gets_a_credit_note_and_one_that_is_won_none(paid, papers, stripe, run_jobs):
    payment = payments.one(paid.payment_id)
    dispute = stripe.dispute(payment.charge_id, amount=5000)
    payment_disputes.sync_dispute(dispute["id"])
    run_jobs()
    assert len(papers(paid)) == 1
    stripe.decide(dispute["id"], "lost")
    payment_disputes.sync_dispute(dispute["id"])
    run_jobs()
    assert papers(paid)[1:] == [("ADA-00002", "credit_note", 5000, 798)]


def test_what_is_issued_keeps_its_words_whatever_changes_later(paid, mia, ada):
    before = invoice_documents.pdf_of(queries.of_payment(paid.payment_id)[0], **SITE)
    mia.name, ada.user.name = "Mia Married", "Ada Renamed"
    invoice_details.save_details(mia, name="Mia Ltd", address="Somewhere else", tax_id="X", tax_percent=None)
    invoice_details.save_details(ada.user, name="Ada AG", address="Elsewhere", tax_id="Y", tax_percent=None)
    paid.title = "Another title"
    session().commit()
    assert invoice_documents.pdf_of(queries.of_payment(paid.payment_id)[0], **SITE) == before


@pytest.mark.parametrize("change", ["update invoices set gross_cents = 1", "delete from invoices", "truncate invoices"])
def test_nobody_changes_a_document(paid, change):
    with pytest.raises(DatabaseError, match="append"), session().begin_nested():
        session().execute(text(change))


def test_what_nobody_made_is_made_by_the_sweep(mia, ada, stripe, run_jobs, papers):
    paid = a_booking(mia, an_offering(ada), THURSDAY_AT_TEN, stripe)
    session().execute(text("delete from procrastinate_jobs where task_name = 'issue_invoices'"))
    run_jobs()
    assert papers(paid) == []
    issuance.issue_missing()
    run_jobs()
    assert len(papers(paid)) == 1
    refund = give_back(paid, 6000, "half", run_jobs)
    assert refund.status == "succeeded"
    issuance.issue_missing()
    assert "issue_invoices" not in run_jobs()


def test_each_month_a_coach_gets_an_invoice_for_our_fee(paid, ada, moment, run_jobs, mailbox):
    change(seller_name="Fairhour Ltd", seller_address="1 High St, London", tax_percent=Decimal(20))
    moment.advance(days=9)
    payment_outcomes.settle_payment(str(paid.payment_id))
    completions.complete_sessions()
    earnings.release_earnings()
    fee_invoices.issue_fee_invoices()
    assert queries.page_for(ada.user) == []
    moment.advance(days=30)
    for _ in range(2):
        fee_invoices.issue_fee_invoices()
    run_jobs()
    (invoice,) = queries.page_for(ada.user)
    assert (invoice.label, invoice.gross_cents, invoice.tax_cents) == ("F-00001", 1200, 200)
    said = text_of(invoice_documents.pdf_of(invoice, **SITE))
    assert "From Fairhour Ltd 1 High St London To Ada Coaching GmbH" in said
    assert "Fee: One hour of mentoring 4 March 2027 12.00 USD" in said
    assert "12.00 USD paid: invoice F-00001" in [mail["Subject"] for mail in mailbox.to(ada.user.email)]


def test_mails_about_documents_are_written_once(paid, run_jobs):
    issuance.issue_invoices(str(paid.payment_id))
    count = session().query(Message).filter(Message.subject.contains("invoice ADA-00001")).count()
    assert count == 1
