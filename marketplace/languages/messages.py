"""Sentences in the reader's language, looked up in `catalogues/` by their English.

Values are named in a sentence, as in `gettext("Cancelled by %(name)s", name=name)`; a per cent sign is written twice.
"""

import io
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment

from marketplace.languages.preferences import ENGLISH, PSEUDO, current
from marketplace.languages.pseudo import PseudoTranslations

CATALOGUES = Path(__file__).parent / "catalogues"


@cache
def _catalogue(language: str) -> NullTranslations:
    """A language's sentences; those that it lacks are English."""
    if language == PSEUDO:
        return PseudoTranslations()
    file = CATALOGUES / f"{language}.po"
    if language == ENGLISH or not file.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with file.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def translated(message: str) -> str:
    """A sentence without values, in the reader's language."""
    # gettext keeps its own notes under the empty one.
    return _catalogue(current().language).gettext(message) if message else ""


def translated_plural(singular: str, plural: str, number: int) -> str:
    """One of two sentences by a number, before its values are filled in. Raises TypeError for a number in words."""
    if not isinstance(number, int):
        raise TypeError(f"{singular!r} is for one or several, and {number!r} is no number: name the number first")
    return _catalogue(current().language).ngettext(singular, plural, number)


def translated_in_context(context: str, message: str) -> str:
    """A sentence whose English has two meanings, by the one that `context` names."""
    return _catalogue(current().language).pgettext(context, message)


def gettext(message: str, /, **values: Any) -> str:
    """A sentence in the reader's language, with its values."""
    return translated(message) % values


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """A sentence for one or for several, with `%(num)s` and further values."""
    return translated_plural(singular, plural, number) % ({"num": number} | values)


class LazyText:
    """A sentence that is known before its reader: looked up each time that it becomes text."""

    def __init__(self, message: str, values: dict[str, Any]) -> None:
        """Keep what `gettext` is given later."""
        self.message, self.values = message, values

    def __str__(self) -> str:
        return gettext(self.message, **self.values)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def format(self, *places: Any, **named: Any) -> str:
        """As a text does it: marshmallow fills in limits and choices so."""
        return str(self).format(*places, **named)

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, str | LazyText) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.message)

    def __repr__(self) -> str:
        return f"LazyText({self.message!r})"


class LazyPlural:
    """A sentence for one or for several that is known before its reader and its number."""

    def __init__(self, singular: str, plural: str) -> None:
        """Keep what `ngettext` is given later."""
        self.singular, self.plural = singular, plural

    def of(self, number: int, **values: Any) -> str:
        """The sentence for so many, in the language of whoever reads now."""
        return ngettext(self.singular, self.plural, number, **values)


def lazy_ngettext(singular: str, plural: str, /) -> LazyPlural:
    """A sentence for one or for several, as constants of a module need it."""
    return LazyPlural(singular, plural)


def lazy_gettext(message: str, /, **values: Any) -> Any:
    """A sentence for whoever reads it later, as constants of a module need it: a LazyText, taken for a text."""
    return LazyText(message, values)


def install(environment: Environment) -> None:
    """Give templates `_`, `gettext`, `ngettext`, `pgettext` and `{% trans %}`, whose lines are read as one."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        translated, translated_plural, newstyle=True, pgettext=translated_in_context
    )
