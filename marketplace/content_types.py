"""Which content types are read; anything else is refused instead of being passed over."""

from typing import Any

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

JSON = "application/json"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class WrongContentType(UnsupportedMediaType):
    """A body is none of the content types that are accepted; the answer names them (RFC 9110 15.5.16)."""

    def __init__(self, *accepted: str) -> None:
        self.accepted = ", ".join(accepted)
        super().__init__(f"Send the body as {' or '.join(accepted)}.")

    def get_headers(self, *_: Any) -> list[tuple[str, str]]:
        """With what is accepted."""
        return [*super().get_headers(*_), ("Accept", self.accepted)]


def check_form() -> None:
    """Raise WrongContentType for a page's request with a body that is no form."""
    if request.mimetype not in FORMS and (request.mimetype or request.content_length):
        raise WrongContentType(*FORMS)
