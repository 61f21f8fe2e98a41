"""Documents are read back as PDF: what stands there, on how many pages, and for whom it can be read aloud."""

from dataclasses import replace
from datetime import date

import pytest
from pypdf.generic import ArrayObject

from marketplace.documents.rendering import Document, DocumentColumn, DocumentParty, DocumentTable, pdf
from tests.documents.reading import read, text_of

AMOUNTS = (DocumentColumn("Session"), DocumentColumn("Price", amount=True))


def a_document(**what) -> Document:
    said = {
        "title": "Receipt F-00012",
        "dated": date(2026, 3, 14),
        "author": "Fairhour",
        "foot": "Receipt F-00012",
        "parties": [
            DocumentParty("From", ["Coach Cora", "Lange Straße 1", "10115 Berlin"]),
            DocumentParty("To", ["Mia Mentee"]),
        ],
        "head": [("Number", "F-00012"), ("Date", "14 March 2026")],
        "tables": [
            DocumentTable(columns=AMOUNTS, rows=[["Mentoring", "120.00 USD"]], totals=[["In all", "120.00 USD"]])
        ],
        "notes": ["Paid by card."],
    }
    return Document(**(said | what))


def test_everything_said_can_be_read():
    text = text_of(pdf(a_document()))
    for words in ("Receipt F-00012", "Lange Straße 1", "Mia Mentee", "14 March 2026", "Mentoring", "Paid by card."):
        assert words in text
    assert "In all 120.00 USD" in text
    assert "Page 1 of 1" in text


def test_the_same_document_is_the_same_bytes_and_another_is_not():
    assert pdf(a_document()) == pdf(a_document())
    assert pdf(a_document()) != pdf(a_document(notes=[]))


def test_it_is_a4_with_title_author_and_the_date_passed_in():
    found = read(pdf(a_document()))
    assert [round(float(side)) for side in found.pages[0].mediabox[2:]] == [595, 842]
    assert found.metadata is not None
    assert (found.metadata.title, found.metadata.author) == ("Receipt F-00012", "Fairhour")
    assert found.metadata.creation_date is not None
    assert found.metadata.creation_date.date() == date(2026, 3, 14)


def kinds_of_tags(node) -> set[str]:
    """Every structure type below a node of the tag tree."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        return set().union(*(kinds_of_tags(each) for each in node))
    if not isinstance(node, dict):
        return set()
    return {str(node.get("/S"))} | (kinds_of_tags(node["/K"]) if "/K" in node else set())


def test_a_screen_reader_finds_language_title_and_the_tables_head():
    root = read(pdf(a_document())).root_object
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert {"/Table", "/TH", "/TR", "/TD"} <= kinds_of_tags(root["/StructTreeRoot"])


def test_a_long_table_goes_over_pages_that_all_have_its_head_and_a_number():
    rows = [[f"Session number {n}", f"{n}.00 USD"] for n in range(1, 121)]
    pages = read(pdf(a_document(tables=[DocumentTable(columns=AMOUNTS, rows=rows)]))).pages
    assert len(pages) > 2
    for at, page in enumerate(pages, start=1):
        text = page.extract_text()
        assert f"Page {at} of {len(pages)}" in text
        assert "Receipt F-00012" in text
        if "Session number" in text:
            assert "Price" in text
    whole = " ".join(page.extract_text() for page in pages)
    assert all(f"Session number {n}" in whole for n in range(1, 121))


@pytest.mark.parametrize("name", ["Αγγελική Παπαδοπούλου", "Дмитрий Ёлкин", "Trần Văn Đức", "Ada Łovelace", "₹ € £ ¥"])
def test_names_are_written_in_their_own_letters(name):
    made = pdf(a_document(parties=[DocumentParty("To", [name])]))
    assert name in text_of(made)
    assert b"pdfuaid" in made


def test_a_letter_that_no_font_has_does_not_stop_a_document():
    made = pdf(a_document(parties=[DocumentParty("To", ["張偉", "Mia Mentee"])]))
    assert "Mia Mentee" in text_of(made)
    assert b"pdfuaid" not in made


def test_what_people_typed_is_text_and_nothing_else():
    typed = '#panic("x") *bold* $x$ @label <a> // /* \\ " #sys.inputs'
    made = pdf(
        a_document(
            title=typed, foot=typed, notes=[typed], parties=[DocumentParty(typed, [typed])], head=[(typed, typed)]
        )
    )
    assert text_of(made).count('#panic("x") *bold* $x$ @label <a>') >= 5


def test_a_word_longer_than_the_page_breaks():
    table = DocumentTable(columns=AMOUNTS, rows=[["x" * 400, "1.00 USD"]])
    text = text_of(pdf(a_document(tables=[table])))
    assert "x" * 400 in text.replace("\u200b", "").replace(" ", "")


def test_an_empty_table_says_so():
    assert "No payouts in 2025." in text_of(
        pdf(a_document(tables=[DocumentTable(columns=AMOUNTS, rows=[], empty="No payouts in 2025.")]))
    )


def test_nothing_but_a_title_is_a_document_too():
    text = text_of(pdf(replace(a_document(), parties=(), head=(), tables=(), notes=())))
    assert text.startswith("Receipt F-00012")


@pytest.mark.parametrize(
    "table",
    [
        DocumentTable(columns=AMOUNTS, rows=[["only one cell"]]),
        DocumentTable(columns=AMOUNTS, rows=[["a", "b"]], totals=[["no amount"]]),
        DocumentTable(columns=AMOUNTS, rows=[["a", "b"]], totals=[["a", "b", "c"]]),
    ],
)
def test_cells_that_would_slip_into_another_row_are_refused(table):
    with pytest.raises(ValueError, match=r"^a (row|total) has"):
        pdf(a_document(tables=[table]))
