"""PDFs: whether a file is one through and through, and does nothing when it is opened. Pure."""

import io
import logging
import zipfile
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from marketplace.files.rules.uploads import PDF, Examined, Unfit
from marketplace.languages import lazy_gettext as _l

# ISO 32000-1 7.5: the header comes first, the end of the file last. What is put before or behind makes it something
# else to other programs.
HEADER, END = b"%PDF-", b"%%EOF"
BLANKS = b"\r\n\t \x00"
# ISO 32000-1 12.6.4: actions that run or start something, and names under which scripts and files stand.
ACTS = frozenset({"/JavaScript", "/Launch", "/Rendition", "/RichMediaExecute"})
HOLDS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/RichMedia"})
MOST_OBJECTS = 200_000

NO_PDF = _l("This is not a whole PDF. Open it, save or print it as a PDF anew, and send that.")
LOCKED = _l("This PDF asks for a password. Save it without one, and send that.")
ACTIVE = _l("This PDF holds a script, a program or other files. Print it to a new PDF, and send that.")


def check(data: bytes) -> Examined:
    """The PDF as it came; raises Unfit."""
    tail = data.rstrip(BLANKS)
    if not data.startswith(HEADER) or not tail.endswith(END) or zipfile.is_zipfile(io.BytesIO(data)):
        raise Unfit(NO_PDF)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Unfit(LOCKED)
        if not reader.pages or reader.pages[0].mediabox is None:
            raise Unfit(NO_PDF)
        if any(_acts(part) for part in _parts(reader)):
            raise Unfit(ACTIVE)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, OSError, RecursionError) as error:
        raise Unfit(NO_PDF) from error
    return Examined(PDF, data)


def _parts(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary that can be reached from the trailer, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        part = waiting.pop()
        if isinstance(part, IndirectObject):
            name = (part.idnum, part.generation)
            if name in seen:
                continue
            seen.add(name)
            if len(seen) > MOST_OBJECTS:
                raise Unfit(NO_PDF)
            part = part.get_object()
        if isinstance(part, DictionaryObject):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, ArrayObject):
            waiting.extend(part)


def _acts(part: DictionaryObject) -> bool:
    return not HOLDS.isdisjoint(part) or str(part.get("/S", "")) in ACTS or part.get("/Type") == "/Filespec"
