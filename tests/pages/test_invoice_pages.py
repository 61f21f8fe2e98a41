"""Invoices on the pages: hers, what she sold, everybody's for admins."""

import csv
import io

import pytest

from marketplace.invoices import queries
from marketplace.invoices.service import details as invoice_details
from marketplace.payments import queries as payments
from marketplace.payments.service import refunds
from tests.documents.reading import text_of
from tests.factories import a_person, an_admin

# The form as a browser sends it when nothing is filled in.
EMPTY = dict.fromkeys(("name", "address", "tax_id", "tax_percent", "tax_note"), "")


def words(answer):
    return answer.get_data(as_text=True)


def test_a_mentee_finds_her_documents_in_the_list_and_on_the_session(mia, half_returned, invoice, browser_of):
    browser = browser_of(mia)
    for path in ("/invoices", f"/sessions/{half_returned.id}"):
        page = words(browser.get(path))
        assert "Invoice ADA-00001" in page
        assert "Credit note ADA-00002" in page
        assert f"/invoices/{invoice.id}.pdf" in page
    assert "-60.00 USD" in words(browser.get("/invoices"))
    assert "/invoices" in words(browser.get("/account"))
    pdf = browser.get(f"/invoices/{invoice.id}.pdf")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    assert pdf.headers["Content-Disposition"] == "inline; filename=ADA-00001.pdf"
    assert "Invoice ADA-00001" in text_of(pdf.get_data())


def test_a_coach_finds_what_was_sold_in_her_name(ada, invoice, browser_of):
    browser = browser_of(ada.user)
    assert "You have paid nothing yet." in words(browser.get("/invoices"))
    page = words(browser.get("/invoices?as=coach"))
    assert "Invoice ADA-00001" in page
    assert "to Mia" in page
    assert browser.get(f"/invoices/{invoice.id}.pdf").status_code == 200


def test_strangers_see_nothing(invoice, client, browser_of):
    noor = browser_of(a_person("Noor"))
    assert noor.get(f"/invoices/{invoice.id}.pdf").status_code == 404
    assert "ADA-00001" not in words(noor.get("/invoices"))
    assert noor.get("/admin/invoices").status_code == 404
    assert noor.get("/admin/invoices.csv").status_code == 404
    assert noor.get("/invoices?after=nonsense").status_code == 404
    assert client.get(f"/invoices/{invoice.id}.pdf").status_code == 302


def test_a_long_list_has_pages(mia, half_returned, browser_of, run_jobs):
    for number in range(20):
        refunds.intend_refund(payments.one(half_returned.payment_id), cents=1, reason="a test", key=f"{number}")
    run_jobs()
    browser = browser_of(mia)
    first = words(browser.get("/invoices"))
    assert "ADA-00022" in first
    assert "ADA-00001" not in first
    after = queries.page_for(mia, limit=20)[-1].id
    assert f"/invoices?after={after}" in first
    second = words(browser.get(f"/invoices?after={after}"))
    assert "ADA-00001" in second
    assert "Back to the start" in second


def test_everybody_says_how_to_be_named_and_a_coach_her_tax(ada, mia, browser_of):
    browser = browser_of(mia)
    page = words(browser.get("/account/invoice-details"))
    assert "Left empty: Mia." in page
    assert "in percent" not in page
    typed = EMPTY | {"name": "Mia Ltd", "address": "1 High St\r\nLondon", "tax_id": "GB1"}
    assert browser.submit("/account/invoice-details", typed).status_code == 303
    assert "Mia Ltd" in words(browser.get("/account/invoice-details"))
    assert queries.details_of(mia.id).address == "1 High St\nLondon"
    coach = browser_of(ada.user)
    assert (
        coach.submit("/account/invoice-details", EMPTY | {"tax_percent": "7.7", "tax_note": "Reduced."}).status_code
        == 303
    )
    assert queries.details_of(ada.user_id).tax_basis_points == 770
    assert 'value="7.70"' in words(coach.get("/account/invoice-details"))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "x" * 121}, "Keep the name within 120 characters."),
        ({"address": "\n".join("abcdefg")}, "Write it in 6 lines or fewer."),
        ({"address": "1 Long Street\tLeeds"}, "Write it without tabs."),
        ({"address": "a\x07b"}, "Write it without U+0007 (a control character), character 2"),
        ({"tax_percent": "51"}, "Give a percentage from 0 to 50."),
        ({"tax_percent": "a fifth"}, "Give a percentage like 19 or 7.7."),
        ({"tax_percent": "NaN"}, "Give a percentage like 19 or 7.7."),
    ],
)
def test_what_cannot_stand_on_paper_is_refused_and_nothing_typed_is_lost(ada, browser_of, typed, sentence):
    answer = browser_of(ada.user).submit("/account/invoice-details", EMPTY | {"tax_id": "DE1"} | typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'value="DE1"' in words(answer)
    assert queries.details_of(ada.user_id) is None


def test_an_admin_filters_and_exports_a_period(half_returned, mia, browser_of):
    invoice_details.save_details(mia, name="=cmd|evil", tax_percent=None)
    browser = browser_of(an_admin())
    for address, shown in [
        ("/admin/invoices", ["ADA-00001", "ADA-00002"]),
        ("/admin/invoices?kind=credit_note", ["ADA-00002"]),
        ("/admin/invoices?from=2027-03-01&to=2027-03-01&about=mia", ["ADA-00001", "ADA-00002"]),
        ("/admin/invoices?about=ada-00002", ["ADA-00002"]),
        ("/admin/invoices?from=2027-03-02", []),
        ("/admin/invoices?to=2027-02-28", []),
        ("/admin/invoices?about=%25", []),
    ]:
        page = words(browser.get(address))
        assert [label for label in ("ADA-00001", "ADA-00002") if f">{label}</a>" in page] == shown, address
        assert shown or "No document fits." in page
    rows = list(csv.DictReader(io.StringIO(words(browser.get("/admin/invoices.csv?from=2027-03-01")))))
    assert [(row["number"], row["gross"], row["corrects"]) for row in rows] == [
        ("ADA-00001", "120.00", ""),
        ("ADA-00002", "-60.00", "ADA-00001"),
    ]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=yesterday", "Give a day like 2027-03-01."),
        ("from=2027-03-02&to=2027-03-01", "The last day is before the first."),
        ("kind=poem", "Choose invoice, credit_note or reversal."),
        ("after=nonsense", "Take the cursor from the page before."),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(browser_of, query, sentence):
    answer = browser_of(an_admin()).get(f"/admin/invoices?{query}")
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_without_documents_the_pages_say_so(browser_of):
    assert "Nothing has been issued yet." in words(browser_of(an_admin()).get("/admin/invoices"))
    assert "Nothing has been sold in your name yet." in words(browser_of(a_person("Noor")).get("/invoices?as=coach"))
