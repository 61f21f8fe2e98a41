"""What people may write: letters that can be seen, nothing that hides or turns them. Pure.

One function judges every text that comes in, by the API or a page: `fault`.
"""

from collections.abc import Mapping
from typing import Any
from unicodedata import category, name

import idna

from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l

# Marks that set the direction of what follows them (UAX 9): embeddings, overrides, isolates and their ends.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# They end a line for some programs and not for others, as do vertical tabs and form feeds, which are controls.
LINE_ENDS = frozenset("\u2028\u2029")
# What a reader puts where bytes were no text.
BROKEN = "\ufffd"
# Letters and signs by their category, and yet nothing is drawn: Hangul fillers and the empty braille pattern.
DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Controls that a text of several lines has; "\r\n" is how browsers send a line break.
LAYOUT = frozenset("\n\r\t")
# Marks, separators and everything of the categories C: by themselves none of them shows.
UNSEEN = ("C", "Z", "M")

UNREADABLE = _l("Write something that can be read: it has invisible characters alone.")
ON_ONE_LINE = _l("Write it on one line, without control characters.")


def fault(text: str) -> str | None:
    """What is wrong with a text whatever it is for, as a sentence that names the character; None if nothing is.

    Blanks alone are no fault: whether a text may be empty is for its own field to say.
    """
    if text.isascii() and text.isprintable():
        return None
    for place, letter in enumerate(text, start=1):
        if _forbidden(letter):
            return _(
                "Write it without %(letter)s, character %(place)s: type it anew where it was pasted.",
                letter=_named(letter),
                place=place,
            )
    return None if text.isspace() or has_something_to_see(text) else str(UNREADABLE)


def faults(data: Any, path: str = "") -> dict[str, list[str]]:
    """The faults of every text in what a door has read, by its dotted place: {"hours.0.start": [sentence]}."""
    if isinstance(data, str):
        found = fault(data)
        return {path: [found]} if found else {}
    if isinstance(data, Mapping):
        parts = [(str(key), part) for key, part in data.items()]
    elif isinstance(data, list):
        parts = [(str(number), part) for number, part in enumerate(data)]
    else:
        return {}
    found_inside: dict[str, list[str]] = {}
    for key, part in parts:
        found_inside |= faults(part, f"{path}.{key}".strip("."))
    return found_inside


def has_something_to_see(text: str) -> bool:
    """Whether anything of it is drawn on a screen."""
    return any(_seen(letter) for letter in text)


def seen_length(text: str) -> int:
    """How many characters of it can be seen, a run of blanks counting as one."""
    return len(" ".join("".join(letter for letter in text if _seen(letter) or letter.isspace()).split()))


def mail_address(address: str) -> str:
    """An address as mail servers and Stripe take it, its domain in ASCII (IDNA 2008): info@xn--mller-kva.example.

    What no server could be found for stays as it is, for whoever builds a mail of it to refuse.
    """
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address


def is_one_line(text: str) -> bool:
    """Whether it has neither line breaks nor tabs nor anything that `fault` names."""
    return not any(letter in LAYOUT or _forbidden(letter) for letter in text)


def _seen(letter: str) -> bool:
    return not category(letter).startswith(UNSEEN) and letter not in DRAWN_AS_NOTHING


def _forbidden(letter: str) -> bool:
    return (
        (category(letter) == "Cc" and letter not in LAYOUT)
        or letter in TURNING
        or letter in LINE_ENDS
        or letter == BROKEN
        or category(letter) == "Cs"
        or ord(letter) & 0xFFFE == 0xFFFE  # no character at all (Unicode 23.7)
    )


def _named(letter: str) -> str:
    called = name(letter, "").lower() or _("a control character")
    return f"U+{ord(letter):04X} ({called})"
