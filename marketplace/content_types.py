"""Which content types are read; anything else is refused instead of being passed over."""

from typing import Any

from flask import current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from marketplace.languages import gettext as _

JSON = "application/json"
MULTIPART = "multipart/form-data"
FORMS = ("application/x-www-form-urlencoded", MULTIPART)


class WrongContentType(UnsupportedMediaType):
    """A body is none of the content types that are accepted; the answer names them (RFC 9110 15.5.16)."""

    def __init__(self, *accepted: str) -> None:
        self.accepted = ", ".join(accepted)
        super().__init__(_("Send the body as %(choices)s.", choices=" or ".join(accepted)))

    def get_headers(self, *_: Any) -> list[tuple[str, str]]:
        """With what is accepted."""
        return [*super().get_headers(*_), ("Accept", self.accepted)]


def most_bytes() -> int | None:
    """How large the body may be of a request whose view takes files (`uploads.takes_files`); None for any other."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), "takes_bytes", None)


def check_form() -> None:
    """Raise WrongContentType for a page's request with a body that is no form."""
    if request.mimetype not in FORMS and (request.mimetype or request.content_length):
        raise WrongContentType(*FORMS)
