"""A PDF as a reader sees it."""

import io

from pypdf import PdfReader


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """The text of all pages, spaces and line ends made one."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())
