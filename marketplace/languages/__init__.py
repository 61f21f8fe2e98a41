"""The language of whoever reads: sentences, dates, times, numbers, weeks. Knows no Flask.

Whose language it is, is a value of the context: a request's, or that of the person whom a mail is written to
(`with speaking(person.preferences): …`). Sentences are English in the source and are looked up in `catalogues/`.
"""

from marketplace.languages.messages import (
    LazyPlural,
    LazyText,
    gettext,
    install,
    lazy_gettext,
    lazy_ngettext,
    ngettext,
    translated,
)
from marketplace.languages.preferences import (
    DEFAULT,
    LANGUAGES,
    Preferences,
    called,
    current,
    leave,
    locales,
    offered,
    preferred,
    speaking,
    use,
)

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "LazyPlural",
    "LazyText",
    "Preferences",
    "called",
    "current",
    "gettext",
    "install",
    "lazy_gettext",
    "lazy_ngettext",
    "leave",
    "locales",
    "ngettext",
    "offered",
    "preferred",
    "speaking",
    "translated",
    "use",
]
