"""What can go wrong, in the domain's own words. Nothing here knows HTTP.

A subclass's docstring is the sentence people read. `details` carries what a door may show beside it.
"""

from typing import Any


class FairhourError(Exception):
    """Something went wrong."""

    def __init__(self, sentence: str | None = None, /, **details: Any) -> None:
        self.sentence = sentence or " ".join((type(self).__doc__ or "").split())
        self.details = details
        super().__init__(self.sentence)

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


class Unreadable(FairhourError):
    """What you sent cannot be read.

    `limit` in its details names which limit it went beyond.
    """

    def __init__(self, sentence: str, /, *, limit: str) -> None:
        super().__init__(sentence, limit=limit)


class TooOften(FairhourError):
    """That was too often in too short a time. Wait a while and try again."""


class Invalid(FairhourError):
    """Some fields need another look."""

    def __init__(self, sentence: str | None = None, /, **fields: str | list[str]) -> None:
        self.fields = {name: [text] if isinstance(text, str) else text for name, text in fields.items()}
        super().__init__(sentence, errors=self.fields)
