"""PDFs are PDFs from the first byte to the last, and do nothing when they are opened."""

import pytest

from marketplace.files.rules import examination, pdfs
from marketplace.files.rules.uploads import FORMS, PDF, Unfit
from tests.files import samples

ATTACHMENT, PORTRAIT = FORMS["attachment"], FORMS["portrait"]


def refusal(data: bytes) -> str:
    with pytest.raises(Unfit) as refused:
        examination.examined(data, ATTACHMENT)
    return str(refused.value)


@pytest.mark.parametrize("data", [samples.pdf(), samples.pdf(pages=30), samples.pdf() + b"\r\n\n"])
def test_a_pdf_stays_as_it_came(data):
    (one,) = examination.examined(data, ATTACHMENT)
    assert (one.content_type, one.data) == (PDF, data)


@pytest.mark.parametrize(
    "data",
    [
        samples.pdf() + samples.PAGE,
        samples.pdf() + samples.archive(),
        samples.pdf()[:-200],
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n" + b"\x00" * 500 + b"\n%%EOF\n",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
    ],
    ids=["page behind it", "archive behind it", "truncated", "empty", "zeros", "pages that hold themselves"],
)
def test_what_is_not_a_whole_pdf_is_refused(data):
    assert refusal(data) == pdfs.NO_PDF


def test_a_script_that_is_a_pdf_too_is_neither():
    assert "whatever its name says" in refusal(b"/*" + samples.pdf() + b"*/alert(1)")


@pytest.mark.parametrize(
    "data",
    [samples.pdf(script="app.alert(1)"), samples.pdf(attached=b"MZ"), samples.pdf(launch="cmd.exe")],
    ids=["script", "attached program", "program that is started"],
)
def test_a_pdf_that_does_something_is_refused(data):
    assert refusal(data) == pdfs.ACTIVE


def test_a_pdf_that_asks_for_a_password_is_refused():
    assert refusal(samples.pdf(password="open sesame")) == pdfs.LOCKED


def test_a_portrait_is_no_pdf():
    with pytest.raises(Unfit, match="not a JPEG, PNG or WebP picture"):
        examination.examined(samples.pdf(), PORTRAIT)
