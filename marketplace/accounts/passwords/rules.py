"""What a new password has to be: long enough, and not what is tried first."""

# NIST SP 800-63B, 3.1.1.

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from marketplace.languages import lazy_gettext as _l

SHORTEST = 10
LONGEST = 128

TOO_SHORT = _l("Use %(shortest)s characters or more.", shortest=SHORTEST)
TOO_LONG = _l("Use %(longest)s characters or fewer.", longest=LONGEST)
TOO_COMMON = _l("Many people use this password, or it is made of your name: it is tried first. Choose another one.")

# What fingers run along, and back.
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "1qaz2wsx3edc4rfv",
)
# A year and two signs around a word add nothing; a longer number does.
MOST_AROUND = 6
# Three characters, however often.
SHORTEST_PART = 3

REPEATED = re.compile(r"(.+?)\1+")
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def complaint(password: str, about: Iterable[str] = ()) -> str | None:
    """What is wrong with a new password of somebody whose name and address are `about`; None if nothing is."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    return TOO_COMMON if _is_common(password, about) else None


def _is_common(password: str, about: Iterable[str]) -> bool:
    plain = unicodedata.normalize("NFKC", password).casefold()
    bare = AROUND.sub("", plain)
    own = {part for words in about for part in re.split(r"[\W_]+", words.casefold()) if part}
    tried = {plain, _once(plain)}
    if len(plain) - len(bare) <= MOST_AROUND:
        tried |= {bare, _once(bare)}
    return any(len(each) <= SHORTEST_PART or each in common() or each in own or _is_run(each) for each in tried)


def _once(text: str) -> str:
    """'abcabc' is 'abc' said twice."""
    found = REPEATED.fullmatch(text)
    return found[1] if found else text


def _is_run(text: str) -> bool:
    doubled = [run * 2 for run in RUNS]
    return any(text in each or text in each[::-1] for each in doubled)


@cache
def common() -> frozenset[str]:
    """The thirty thousand passwords that are found most in what was stolen elsewhere, the list of zxcvbn."""
    return frozenset(FREQUENCY_LISTS["passwords"])
