"""What can go wrong, in the domain's own words. Nothing here knows HTTP.

The first paragraph of a subclass's docstring is what people read. `details` carries what a door may show beside it.
"""

from collections.abc import Mapping
from typing import Any

from marketplace.languages import lazy_gettext, translated

SENTENCE_OF_OUTDATED: str = lazy_gettext(
    "This was changed after you loaded it. Look at what it says now, then send your change once more."
)


def sentence_of(kind: type) -> str:
    """What a kind of error says, in English: the first paragraph of its docstring. The rest is for programmers."""
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split())


class FairhourError(Exception):
    """Something went wrong."""

    def __init__(self, sentence: str | None = None, /, **details: Any) -> None:
        self._said = sentence
        self.details = details
        super().__init__(sentence or sentence_of(type(self)))

    @property
    def sentence(self) -> str:
        """What happened, in the language of who reads it.

        Looked up when it is read: where the error is made, a transaction that failed may not ask whose language it is.
        """
        return str(self._said or translated(sentence_of(type(self))))

    @property
    def for_admins(self) -> str:
        """The sentence as an admin reads it, who may be able to mend what went wrong."""
        return self.sentence


class NotFound(FairhourError):
    """There is nothing here, or it is not yours to see."""


class NotAllowed(FairhourError):
    """You may not do this."""


class Conflict(FairhourError):
    """Something has changed in the meantime."""


class Declined(FairhourError):
    """The payment was declined."""


class Unavailable(FairhourError):
    """A service we depend on does not answer right now. Nothing was lost; try again in a minute."""


class UnreadableBody(FairhourError):
    """What you sent cannot be read.

    `limit` in its details names which limit it went beyond.
    """

    def __init__(self, sentence: str, /, *, limit: str) -> None:
        super().__init__(sentence, limit=limit)


class VersionNeeded(FairhourError):
    """Say which version you change: send its ETag as If-Match, or * to replace whatever is there."""


class Outdated(FairhourError):
    """This was changed after you loaded it. Look at what it says now, then send your change once more.

    `changed` names the fields that say something else, `shown` is what all say now.
    """

    def __init__(self, *, changed: list[str], shown: Mapping[str, Any]) -> None:
        self.changed, self.shown = changed, shown
        super().__init__(SENTENCE_OF_OUTDATED)


class TooOften(FairhourError):
    """That was too often in too short a time. Wait a while and try again."""


class Invalid(FairhourError):
    """Some fields need another look."""

    def __init__(self, sentence: str | None = None, /, **fields: str | list[str]) -> None:
        self.fields = {
            name: [str(each) for each in (text if isinstance(text, list) else [text])] for name, text in fields.items()
        }
        super().__init__(sentence, errors=self.fields)
