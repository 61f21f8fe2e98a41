"""Invoices through the API."""

from tests.documents.reading import text_of
from tests.factories import a_person, an_admin


def test_a_document_is_told_whole(mia, invoice, api):
    told = api(mia).get(f"/invoices/{invoice.id}").json
    assert told["number"] == "ADA-00001"
    assert told["kind"] == "invoice"
    assert told["seller"]["name"] == "Ada"
    assert told["buyer"] == {"name": "Mia", "address": "", "tax_id": "", "reference": ""}
    assert told["gross"] == {"amount": 12000, "currency": "usd"}
    assert told["lines"][0]["what"] == "One hour of mentoring"
    pdf = api(mia).get(told["pdf"].removeprefix("/api/v1"))
    assert pdf.mimetype == "application/pdf"
    assert "ADA-00001" in text_of(pdf.data)


def test_both_sides_list_theirs_page_by_page(mia, ada, invoice, api):
    first = api(mia).get("/invoices?limit=1").json
    assert [item["number"] for item in first["items"]] == ["ADA-00002"]
    assert first["items"][0]["corrects"] == "ADA-00001"
    second = api(mia).get(f"/invoices?limit=1&after={first['next_cursor']}").json
    assert [item["number"] for item in second["items"]] == ["ADA-00001"]
    assert second["next_cursor"] is None
    assert len(api(ada.user).get("/invoices?as=coach").json["items"]) == 2
    assert api(ada.user).get("/invoices").json["items"] == []
    refused = api(mia).get("/invoices?as=nobody&limit=0")
    assert refused.status_code == 422
    assert set(refused.json["errors"]) == {"as", "limit"}


def test_strangers_find_nothing(invoice, api):
    noor = api(a_person("Noor"))
    for path in (f"/invoices/{invoice.id}", f"/invoices/{invoice.id}.pdf"):
        assert noor.get(path).status_code == 404
    assert noor.get("/invoices").json["items"] == []


def test_invoice_details_are_kept_and_told(mia, api):
    program = api(mia)
    assert program.get("/me/invoice-details").json["name"] == ""
    said = {"name": "Mia Ltd", "address": "1 High St\nLondon", "tax_id": "GB1", "tax_percent": "20", "tax_note": "."}
    assert program.put("/me/invoice-details", said).json == said | {"tax_percent": "20.00"}
    assert program.get("/me/invoice-details").json == said | {"tax_percent": "20.00"}
    refused = program.put("/me/invoice-details", said | {"tax_percent": "-1", "name": "a\nb"})
    assert refused.status_code == 422
    assert set(refused.json["errors"]) == {"tax_percent", "name"}


def test_an_admin_reads_everybodys(invoice, mia, api):
    alma = api(an_admin())
    found = alma.get("/admin/invoices?from=2027-03-01&kind=credit_note").json
    assert [item["number"] for item in found["items"]] == ["ADA-00002"]
    assert alma.get("/admin/invoices?from=2027-03-02").json == {"items": [], "next_cursor": None}
    table = alma.get("/admin/invoices.csv?kind=credit_note&limit=1")
    assert table.mimetype == "text/csv"
    assert [line.split(",")[0] for line in table.get_data(as_text=True).splitlines()] == ["number", "ADA-00002"]
    assert api(mia).get("/admin/invoices").status_code in {403, 404}
