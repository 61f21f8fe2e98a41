"""What may be uploaded, in which sizes pictures are kept, and what a file is called. Pure."""

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from marketplace import text
from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

MEGABYTE = 1024 * 1024
JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
PICTURES = (JPEG, PNG, WEBP)
EXTENSIONS = {WEBP: ".webp", PDF: ".pdf"}
# Letters of a file's name, its extension included.
A_PICTURE = _l("a JPEG, PNG or WebP picture")
A_PDF_OR_PICTURE = _l("a PDF, or a JPEG, PNG or WebP picture")
LONGEST_NAME = 100
# What a file without a usable name is called.
NAMELESS = "file"
# They mean something in a path, on one system or another.
OF_PATHS = frozenset('<>:"|?*')


class Unfit(Exception):
    """This cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Upload:
    """A file as somebody sent it. Neither its name nor what it says of its kind is believed."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: written anew, or a PDF as it came. `width` and `height` are pixels, 0 for a PDF."""

    content_type: str
    data: bytes
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Form:
    """What is asked of an upload: at most so many bytes, and what is made of a picture.

    `boxes` are the sizes in pixels that it is kept in, the smallest first. With `square` it is cut to its middle,
    else it fits into each box; it is never made larger. `least` is the least of its sides. `quality` is WebP's.
    """

    largest_bytes: int
    boxes: tuple[tuple[int, int], ...]
    square: bool = False
    least: int = 1
    pdfs: bool = False
    quality: int = 82

    @property
    def kinds(self) -> LazyText:
        """What may be chosen, as people say it."""
        found: LazyText = A_PDF_OR_PICTURE if self.pdfs else A_PICTURE
        return found

    @property
    def megabytes(self) -> int:
        """The most that it may have."""
        return self.largest_bytes // MEGABYTE


FORMS = {
    "portrait": Form(8 * MEGABYTE, ((96, 96), (256, 256), (640, 640)), square=True, least=96),
    "logo": Form(8 * MEGABYTE, ((160, 40), (320, 80), (640, 160)), least=16),
    "attachment": Form(10 * MEGABYTE, ((2560, 2560),), pdfs=True, quality=88),
}


def check_size(upload: Upload, form: Form) -> None:
    """Raise Unfit for a file that is empty or too large."""
    if not upload.data:
        raise Unfit(_l("This file is empty. Choose %(kinds)s.", kinds=form.kinds))
    if len(upload.data) > form.largest_bytes:
        raise Unfit(_l("This file is larger than %(megabytes)s MB. Choose a smaller one.", megabytes=form.megabytes))


def clean_name(name: str, *, content_type: str) -> str:
    """What the file is called when it is saved: one line, no path, nothing hidden, the extension of what it is."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in last if _may_stand_in_a_name(letter))
    stem = PurePosixPath(" ".join(shown.split())).stem.strip(" .")
    extension = EXTENSIONS[content_type]
    kept = stem[: LONGEST_NAME - len(extension)].strip(" .")
    return (kept if text.has_something_to_see(kept) else NAMELESS) + extension


def _may_stand_in_a_name(letter: str) -> bool:
    """Neither a control nor a mark that is not seen, nor what a path is made of; joiners hold scripts together."""
    hidden = unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} and letter not in "\u200c\u200d"
    return not hidden and letter not in OF_PATHS and text.fault(f"a{letter}") is None
