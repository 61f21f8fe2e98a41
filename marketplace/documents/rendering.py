"""A document as data, and its PDF by `document.typ`. What people typed stays text."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from unicodedata import category

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import fontpkg_noto_sans_devanagari
import fontpkg_noto_sans_khmer
import fontpkg_noto_sans_tamil
import fontpkg_noto_sans_telugu
import fontpkg_noto_sans_thai
import typst

from marketplace import config, languages
from marketplace.languages import gettext as _

LAYOUT = (Path(__file__).parent / "document.typ").read_bytes()
FONTS = (
    fontpkg_noto_sans,
    fontpkg_noto_sans_arabic,
    fontpkg_noto_sans_devanagari,
    fontpkg_noto_sans_khmer,
    fontpkg_noto_sans_tamil,
    fontpkg_noto_sans_telugu,
    fontpkg_noto_sans_thai,
)


@dataclass(frozen=True)
class DocumentColumn:
    """A column's title; amounts stand on the right, in figures of one width."""

    title: str
    amount: bool = False


@dataclass(frozen=True, kw_only=True)
class DocumentTable:
    """Rows of cells, one for each column. `totals` close it in bold: a label, and cells for the last columns.

    A table without rows shows the sentence `empty`, or that nothing is in this period.
    """

    columns: Sequence[DocumentColumn]
    rows: Sequence[Sequence[str]]
    totals: Sequence[Sequence[str]] = ()
    title: str = ""
    empty: str = ""


@dataclass(frozen=True)
class DocumentParty:
    """Who the document is from or for: a role like 'From', then name, address, tax id, a line each."""

    role: str
    lines: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Document:
    """Everything that is printed. `foot` stands on every page, beside its number; `logo` is a picture's bytes."""

    title: str
    dated: date
    author: str
    foot: str
    parties: Sequence[DocumentParty] = ()
    head: Sequence[tuple[str, str]] = ()
    tables: Sequence[DocumentTable] = ()
    notes: Sequence[str] = ()
    logo: bytes | None = None


def pdf(document: Document) -> bytes:
    """The document as PDF/UA-1 (ISO 14289-1), or as the PDF next to it where a letter is in none of our fonts.

    In the language of the context, in which everything in the document is written already.
    """
    for table in document.tables:
        _check(table)
    said = _said(document)
    try:
        made = _compile(said, standard="ua-1")
    except typst.TypstError:
        # The standard refuses a letter without a glyph; a box in its place is better than no document.
        made = _compile(said, standard="1.7")
    return made


def _said(document: Document) -> dict[str, str]:
    """What the layout reads."""
    told = asdict(document) | {
        "dated": document.dated.timetuple()[:3],
        "logo": list(document.logo or b""),
        "language": languages.current().content_language.partition("-")[0],
        "page_of": _("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        "empty": _("Nothing in this period."),
    }
    return {"document": json.dumps(told)}


def letters_without_font(text: str) -> str:
    """The letters of it that none of our fonts has, each once: they are printed as boxes.

    DOCUMENT_FONTS names a folder with more fonts, for Japanese or emoji, say.
    """
    letters = "".join(sorted({letter for letter in text if not letter.isascii() and category(letter)[0] not in "CMZ"}))
    return _without_font(letters, named_fonts()) if letters else ""


@lru_cache(maxsize=4096)
def _without_font(letters: str, named: str) -> str:
    if _is_drawn(letters, named):
        return ""
    if len(letters) == 1:
        return letters
    half = len(letters) // 2
    return _without_font(letters[:half], named) + _without_font(letters[half:], named)


def _is_drawn(letters: str, named: str) -> bool:
    sheet = Document(title=letters, dated=date(2000, 1, 1), author="", foot="")
    said = _said(sheet)
    try:
        typst.compile(LAYOUT, font_paths=fonts(named), sys_inputs=said, pdf_standards="ua-1", format="pdf")
    except typst.TypstError:
        return False
    return True


def _compile(said: dict[str, str], *, standard: "typst.PDFStandard") -> bytes:
    made = typst.compile(LAYOUT, font_paths=fonts(named_fonts()), sys_inputs=said, pdf_standards=standard, format="pdf")
    assert isinstance(made, bytes)
    return made


def _check(table: DocumentTable) -> None:
    """Raises ValueError for cells that would slip into another row."""
    if any(len(row) != len(table.columns) for row in table.rows):
        raise ValueError("a row has a cell for each column")
    if any(not 2 <= len(total) <= len(table.columns) for total in table.totals):
        raise ValueError("a total has a label and cells for the last columns")


def named_fonts() -> str:
    """The folder with more fonts that the operator names; empty where none is named."""
    settings = config.current_or_none()
    return settings.document_fonts if settings is not None else ""


@cache
def fonts(named: str) -> "typst.Fonts":
    """Ours from packages, never the machine's by chance, and the folder that an operator names (DOCUMENT_FONTS)."""
    ours = [str(font.ROOT / "files") for font in FONTS]
    return typst.Fonts(include_system_fonts=False, font_paths=[*ours, *filter(None, [named])])
