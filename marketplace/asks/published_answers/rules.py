"""The states of a published answer, and which text was released. Pure."""

import hashlib
import re

from marketplace.languages import lazy_gettext as _l
from marketplace.states import StateMachine

ALLOWED, PREPARED, PUBLISHED, WITHDRAWN = "allowed", "prepared", "published", "withdrawn"

# A changed text waits for its release again; what was withdrawn begins anew with the asker's word.
STATES = StateMachine(
    "published_answer",
    frozenset({ALLOWED}),
    {
        ALLOWED: frozenset({PREPARED, WITHDRAWN}),
        PREPARED: frozenset({PUBLISHED, WITHDRAWN}),
        PUBLISHED: frozenset({PREPARED, WITHDRAWN}),
        WITHDRAWN: frozenset({ALLOWED}),
    },
)
# Its asker agrees, and it is not public yet.
IN_THE_MAKING = frozenset({ALLOWED, PREPARED})
# There is a text.
WRITTEN = frozenset({PREPARED, PUBLISHED})
STATUS_NAMES = {
    ALLOWED: _l("Waits for the public text"),
    PREPARED: _l("Waits for its release"),
    PUBLISHED: _l("Public"),
    WITHDRAWN: _l("Not public"),
}

LONGEST_TITLE, LONGEST_QUESTION, LONGEST_ANSWER = 120, 2000, 10_000
SHORTEST_NAME = 3
# No text has it: `marketplace.text` refuses control characters.
BETWEEN = "\x1f"


def released_text(title: str, question: str, answer: str) -> str:
    """All that would be public, as the asker saw it."""
    return BETWEEN.join((title, question, answer))


def version(title: str, question: str, answer: str) -> str:
    """A name of exactly that text, which whoever releases it sends along: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(released_text(title, question, answer).encode()).hexdigest()[:32]


def names_somebody(written: str, *, name: str, email: str) -> bool:
    """Does a text have the whole name or the mail address of somebody in it?"""
    said = written.casefold()
    whole = re.escape(name.strip().casefold())
    named = len(name.strip()) >= SHORTEST_NAME and re.search(rf"(?<!\w){whole}(?!\w)", said) is not None
    return named or email.casefold() in said
