"""Organisers and attendees as calendars write them (RFC 5545 3.8.4). Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.accounts.addresses.rules import normalized
from marketplace.calendars.rules.content_lines import ContentLine
from marketplace.text import has_something_to_see, is_one_line

LONGEST_NAME, LONGEST_LINE = 100, 4000
# Calendars that have an address and no reader; rooms and equipment are invited like people.
NOBODY = re.compile(r"@(?:group|resource|import)\.(?:v\.)?calendar\.google\.com$|@(?:[^@]*\.)?invalid$", re.IGNORECASE)
NO_PERSON = {"ROOM", "RESOURCE"}
ESCAPED = re.compile(r"\\([\\;,nN])")


@dataclass(frozen=True)
class Invitee:
    """Who organises or attends, by name and address; `email` is '' where none can be mailed."""

    name: str
    email: str
    is_person: bool = True


def shown(text: str, longest: int) -> str:
    """A text of a stranger's on one line, without what hides or turns it, no longer than that."""
    line = " ".join("".join(letter if is_one_line(letter) else " " for letter in text).split())
    if not has_something_to_see(line):
        return ""
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def unescaped(text: str) -> str:
    """A TEXT value as it is meant (RFC 5545 3.3.11)."""
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text)


def invitee(line: ContentLine) -> Invitee:
    """The calendar user of an ORGANIZER or ATTENDEE line."""
    given, value = _parts(line.text[:LONGEST_LINE])
    candidates = [value, given.get("EMAIL", ""), given.get("X-EMAIL", "")]
    email = next((found for each in candidates if (found := address(each))), "")
    name = shown(unescaped(given.get("CN", "")), LONGEST_NAME)
    return Invitee(name or email.partition("@")[0], email, given.get("CUTYPE", "").upper() not in NO_PERSON)


def address(value: str) -> str:
    """The mail address of a calendar user, in one spelling; '' where it is none that somebody reads."""
    text = re.sub(r"^\s*(?:mailto:\s*)+", "", value.strip().strip('"'), flags=re.IGNORECASE)
    text = text.strip().strip("<>").partition("?")[0]
    try:
        found = normalized(text)
    except ValueError:
        return ""
    return "" if NOBODY.search(found) else found


def invitees(lines: Iterable[ContentLine], *, most: int) -> list[Invitee]:
    """Attendees who are people, each address once."""
    found: dict[str, Invitee] = {}
    for line in lines:
        one = invitee(line)
        if one.is_person and (one.email or one.name):
            found.setdefault((one.email or one.name).casefold(), one)
            if len(found) >= most:
                break
    return list(found.values())


def _parts(text: str) -> tuple[dict[str, str], str]:
    """Every parameter of a line, quotation marks taken off, and its value."""
    pieces: list[str] = []
    piece, quoted = "", False
    for place, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in ";:":
            pieces.append(piece)
            piece = ""
            if letter == ":":
                return _named(pieces[1:]), text[place + 1 :].strip()
        else:
            piece += letter
    # A quotation mark that is never closed: the last colon but that of mailto begins the value.
    head, _, value = re.sub(r"(?i):\s*mailto:", ":", text).rpartition(":")
    return _named(head.replace('"', "").split(";")[1:]), value.strip()


def _named(pieces: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if equals:
            # RFC 6868: what a quoted parameter cannot hold.
            value = value.replace("^n", " ").replace("^'", "'").replace("^^", "^")
            found.setdefault(name.strip().upper(), value.strip())
    return found
