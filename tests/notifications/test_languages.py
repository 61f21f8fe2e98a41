"""Mails, calendar entries and documents are in the language of whoever reads them."""

from datetime import UTC, datetime

from icalendar import Calendar
from sqlalchemy import select

from marketplace.bookings.invites.service import feed
from marketplace.db import session
from marketplace.invoices.models import Invoice
from marketplace.invoices.service.invoice_documents import pdf_of
from marketplace.languages.preferences import PSEUDO
from marketplace.payments.stripe_gateway.refusal_reports import report_refusal
from marketplace.payments.stripe_gateway.refusals import Refusal
from tests.documents.reading import text_of
from tests.factories import a_booking, a_coach, an_admin, an_offering, open_all_week

IN_THREE_DAYS = datetime(2027, 3, 4, 10, tzinfo=UTC)


def read(mail):
    return mail.get_body(("plain",)).get_content()


def event_of(mail):
    [text] = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
    [event] = Calendar.from_ical(text).walk("VEVENT")
    return event


def test_the_two_read_of_one_session_each_in_their_language(mia, stripe, run_jobs, mailbox):
    ada = open_all_week(a_coach("ada"), "00:00", "24:00")
    mia.locale, ada.user.locale = "de-AT", PSEUDO
    session().flush()
    a_booking(mia, an_offering(ada), IN_THREE_DAYS, stripe)
    run_jobs()
    [hers] = mailbox.besides_invoices(mia.email)
    [theirs] = mailbox.to(ada.user.email)
    assert "4. März" in read(hers)
    assert theirs["Subject"].startswith("⟦")
    assert 'dir="rtl"' in theirs.get_body(("html",)).get_content()
    assert 'lang="de-AT"' in hers.get_body(("html",)).get_content()
    assert "⟦" in event_of(theirs)["DESCRIPTION"]
    assert "⟦" not in event_of(hers)["DESCRIPTION"]
    [entry] = Calendar.from_ical(feed(ada.user, side="coach")).walk("VEVENT")
    assert "⟦" in entry["SUMMARY"]


def test_an_invoice_keeps_the_language_in_which_it_was_written(mia, stripe, run_jobs):
    mia.locale = PSEUDO
    session().flush()
    a_booking(mia, an_offering(open_all_week(a_coach("ada"), "00:00", "24:00")), IN_THREE_DAYS, stripe)
    run_jobs()
    [invoice] = session().scalars(select(Invoice))
    before = pdf_of(invoice, site_name="Fairhour")
    mia.locale = "en-GB"
    session().flush()
    assert pdf_of(invoice, site_name="Fairhour") == before
    text = text_of(before)
    assert "⟦" in text
    assert "Amount" not in text
    assert "Paid on" not in text


def test_each_admin_reads_their_own_language(mailbox, run_jobs):
    alma, berta = an_admin("Alma"), an_admin("Berta")
    berta.locale = PSEUDO
    session().flush()
    report_refusal(
        Refusal(http_status=401, type="invalid_request_error", code="", param="", message="No.", request_id="")
    )
    run_jobs()
    [english], [pseudo] = mailbox.to(alma.email), mailbox.to(berta.email)
    assert english["Subject"] == "Stripe refused a request of ours"
    assert pseudo["Subject"].startswith("⟦")
    assert "Stripe rejects our key" not in read(pseudo)


def test_the_api_answers_in_the_language_that_is_asked_for_and_its_words_for_programs_stay(app, mia):
    client = app.test_client()
    for accepted, translated in (("en", False), (PSEUDO, True)):
        answer = client.get("/api/v1/nothing-here", headers={"Accept-Language": accepted})
        assert answer.status_code == 404
        assert answer.json["detail"].startswith("⟦") is translated
        assert answer.json["title"] == "Not Found"
        assert "Accept-Language" in answer.headers["Vary"]
