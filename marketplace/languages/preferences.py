"""How somebody reads: a locale (BCP 47), a clock of 12 or 24 hours, the day a week begins.

Pure but for the context.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.localedata import locale_identifiers

ENGLISH = "en"
# What each is called by those who speak it.
LANGUAGES = {"en": "English", "es": "Español", "de": "Deutsch"}
DEFAULT = "en-GB"
# Every sentence longer, accented and mirrored: shows what is not translated, what is too narrow, what does not turn.
PSEUDO = "ar-XB"
TWELVE, TWENTY_FOUR = "h12", "h23"
HOUR_CYCLES = (TWELVE, TWENTY_FOUR)
# A browser may name as many as it likes; nobody reads more than a few.
MOST_NAMED = 20


@dataclass(frozen=True)
class Preferences:
    """A locale such as 'de-AT'; '' and None: as the locale has it. `first_weekday`: 0 is Monday, 6 Sunday."""

    locale: str = DEFAULT
    hour_cycle: str = ""
    first_weekday: int | None = None

    @property
    def language(self) -> str:
        """The language of sentences: 'en', 'es', 'de', or the pseudo-locale."""
        return PSEUDO if self.locale == PSEUDO else self.locale.split("-")[0]

    @property
    def content_language(self) -> str:
        """What HTTP and HTML call it: 'de-AT'."""
        return ENGLISH if self.locale == PSEUDO else self.locale

    @property
    def babel(self) -> Locale:
        """The locale's data for dates and numbers."""
        return _data(DEFAULT if self.locale == PSEUDO else self.locale)

    @property
    def direction(self) -> str:
        """'ltr' or 'rtl', as HTML's `dir` has it."""
        return "rtl" if self.locale == PSEUDO else str(self.babel.text_direction)

    @property
    def twelve_hours(self) -> bool:
        """Does the clock count to twelve?"""
        if self.hour_cycle:
            return self.hour_cycle == TWELVE
        return "a" in self.babel.time_formats["short"].pattern

    @property
    def week_begins(self) -> int:
        """The first day of a week: 0 is Monday, 6 Sunday."""
        return self.babel.first_week_day if self.first_weekday is None else self.first_weekday


@cache
def _data(tag: str) -> Locale:
    return Locale.parse(tag, sep="-")


def offered(tag: str) -> str | None:
    """The nearest locale there is for a tag, as it is written: 'es-mx' -> 'es-MX'; None for a language we lack."""
    language = tag.split("-", maxsplit=1)[0].lower()
    if language not in LANGUAGES or len(tag) > 35:
        return None
    try:
        found = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return language
    return f"{language}-{found.territory}" if found.territory else language


@cache
def locales() -> tuple[str, ...]:
    """Every locale there is of a language that we have, with its country: 'de-AT'."""
    known = (tag.split("_") for tag in locale_identifiers())
    return tuple(sorted("-".join(parts) for parts in known if parts[0] in LANGUAGES and _is_country(parts[1:])))


def _is_country(parts: list[str]) -> bool:
    return len(parts) == 1 and len(parts[0]) == 2


@cache
def called(tag: str) -> str:
    """What those who read so call a locale: 'Deutsch (Österreich)', 'English'."""
    locale = _data(tag)
    name = LANGUAGES[locale.language]
    return f"{name} ({locale.territories[locale.territory]})" if locale.territory else name


def preferred(tags: Iterable[str], *, default: str = DEFAULT, pseudo: bool = False) -> str:
    """The first of a reader's languages, the dearest first, that there is; else `default`.

    A language without a country is read as in `default`, where that is of the same language.
    """
    for number, tag in enumerate(tags):
        if pseudo and tag.lower() == PSEUDO.lower():
            return PSEUDO
        if (found := offered(tag)) is not None:
            return default if found == default.split("-", maxsplit=1)[0] else found
        if number >= MOST_NAMED:
            break
    return default


# Whose language it is here, or how to find out when somebody first asks.
_current: ContextVar[Preferences | Callable[[], Preferences]] = ContextVar("preferences")
_DEFAULTS = Preferences()


def current() -> Preferences:
    """How the reader of this context reads; as the default locale has it outside of any."""
    found = _current.get(_DEFAULTS)
    if isinstance(found, Preferences):
        return found
    # A sentence that is needed while it is found out is an English one.
    _current.set(_DEFAULTS)
    known = found()
    _current.set(known)
    return known


def use(reader: Preferences | Callable[[], Preferences]) -> Token[Preferences | Callable[[], Preferences]]:
    """Write for this reader until `leave`; a function is asked when it first matters."""
    return _current.set(reader)


def leave(token: Token[Preferences | Callable[[], Preferences]]) -> None:
    """Go back to the reader that was there before `use` gave this token."""
    _current.reset(token)


@contextmanager
def speaking(reader: Preferences) -> Iterator[None]:
    """Write for this reader inside the block: whoever a mail or a document is for."""
    token = use(reader)
    try:
        yield
    finally:
        leave(token)
