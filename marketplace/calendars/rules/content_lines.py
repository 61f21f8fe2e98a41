"""Content lines of iCalendar text (RFC 5545 3.1), in whatever encoding they come. Pure."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

LINE_ENDS = re.compile(r"\r\n|\n|\r")
NAME = re.compile(r"([A-Za-z0-9-]+)\s*[:;]")
# What begins or ends a component is never the rest of a folded line.
BOUNDARY = re.compile(r"\s*(?:BEGIN|END)\s*:\s*[A-Z-]+\s*", re.IGNORECASE)
FOLDED = {" ", "\t"}
COMPONENT_BEGINS = re.compile(r"\s*BEGIN\s*:", re.IGNORECASE)

MOST_DOUBTS = 20
LONGEST_EXCERPT = 80
# Only these lines are shown to the owner; what an event is about is never kept.
SHOWN = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "FREEBUSY"}
# What a parameter may say about times; others are not kept.
PARAMETERS = {"TZID", "VALUE", "RANGE", "FBTYPE"}


@dataclass(frozen=True)
class Doubt:
    """A line of a calendar that was not understood for certain, and what was done about it.

    `text` is the beginning of the line if it speaks of times alone, otherwise empty.
    """

    line: int
    text: str
    sentence: str


class Doubts:
    """The first doubts of a calendar, and how many there are in all."""

    def __init__(self) -> None:
        self.kept: list[Doubt] = []
        self.count = 0
        self._lines: set[tuple[int, str]] = set()

    def add(self, line: "ContentLine", sentence: str) -> None:
        """Count what is doubtful about a line, once."""
        if (line.number, sentence) in self._lines:
            return
        self._lines.add((line.number, sentence))
        self.count += 1
        if len(self.kept) < MOST_DOUBTS:
            self.kept.append(Doubt(line.number, line.excerpt, sentence))


class ContentLine:
    """An unfolded line, the name of its property in capitals, and the number of the line in the text, from 1.

    There are a hundred thousand of them in a large calendar; none is changed once it is read.
    """

    __slots__ = ("_likeliest", "name", "number", "text")

    def __init__(self, number: int, name: str, text: str) -> None:
        self.number, self.name, self.text = number, name, text
        self._likeliest: tuple[Mapping[str, str], str] | None = None

    @property
    def excerpt(self) -> str:
        """The beginning of a line that speaks of times, as it may be kept and shown."""
        if self.name not in SHOWN:
            return ""
        shown = "".join(letter for letter in self.text[: LONGEST_EXCERPT + 1] if letter.isprintable())
        shown = shown.encode(errors="replace").decode()
        return shown if len(shown) <= LONGEST_EXCERPT else shown[: LONGEST_EXCERPT - 1] + "…"

    @property
    def value(self) -> str:
        """What stands behind the first colon outside of quotation marks."""
        return (self._likeliest or self.likeliest)[1]

    @property
    def likeliest(self) -> tuple[Mapping[str, str], str]:
        """Parameters that speak of times, and value, as the standard has it."""
        if self._likeliest is None:
            self._likeliest = _split(self.text)
        return self._likeliest

    def readings(self) -> Iterator[tuple[Mapping[str, str], str]]:
        """Parameters and value, the likeliest reading first: some write a colon into a parameter without quotes."""
        yield self.likeliest
        head, colon, value = self.text.rpartition(":")
        if colon and head.count(":"):
            yield _parameters(head), value.strip()


def _split(text: str) -> tuple[Mapping[str, str], str]:
    """Parameters, and what stands behind the first colon outside of quotation marks."""
    if '"' in text:
        place = 0
        for position, part in enumerate(text.split('"')):
            if position % 2 == 0 and (colon := part.find(":")) >= 0:
                place += colon
                return _parameters(text[:place]), text[place + 1 :].strip()
            place += len(part) + 1
    head, _, value = text.partition(":")
    return _parameters(head), value.strip()


@lru_cache(maxsize=1_000)
def _parameters(head: str) -> Mapping[str, str]:
    """What the head of a line says of times; most heads of a calendar are the same few."""
    found: dict[str, str] = {}
    if ";" not in head:
        return found
    # No line has a NUL: it parts what semicolons part outside of quotation marks.
    parts = head.split('"')
    parts[::2] = [part.replace(";", "\0") for part in parts[::2]]
    for part in '"'.join(parts).split("\0"):
        name, equals, value = part.partition("=")
        if equals and (named := name.strip().upper()) in PARAMETERS:
            found.setdefault(named, value.replace('"', "").strip())
    return found


def text_of(raw: bytes) -> str:
    """The text, whatever wrote it: UTF-8, UTF-16 with and without its mark, or some older code page."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    begins = raw[:200]
    for zeros, encoding in ((begins[1::2], "utf-16-le"), (begins[::2], "utf-16-be")):
        if zeros and zeros.count(0) > len(zeros) * 3 // 4:
            return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # What matters here is ASCII in every code page.
        return raw.decode("latin-1")


def content_lines(text: str) -> Iterator[ContentLine]:
    """The unfolded lines; those without a name have an empty one. Blank lines are left out."""
    number, parts = 0, [""]
    indent = _indent(text)
    for count, line in enumerate(LINE_ENDS.split(text), start=1):
        physical = line.removeprefix(indent) if indent else line
        if physical[:1] in FOLDED and not BOUNDARY.fullmatch(physical):
            parts.append(physical[1:])
            continue
        if not physical or physical.isspace():
            continue
        if number:
            yield _line(number, "".join(parts) if len(parts) > 1 else parts[0])
        number, parts = count, [physical]
    if number:
        yield _line(number, "".join(parts))


def _indent(text: str) -> str:
    """What stands before every line of a file that was indented as a whole."""
    first = text.lstrip("\ufeff\r\n")
    before = first[: len(first) - len(first.lstrip(" \t"))]
    return before if COMPONENT_BEGINS.match(first) else ""


def _line(number: int, text: str) -> ContentLine:
    text = text.lstrip("\ufeff ")
    if "\0" in text:
        text = text.replace("\0", "")
    name = NAME.match(text)
    known = name is not None and ":" in text
    return ContentLine(number, name[1].upper() if name is not None and known else "", text)
