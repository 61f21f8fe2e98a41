"""Links to work as they come in, as objects or as lines of a form, and go out."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from marketplace.accounts.schemas import Trimmed
from marketplace.coaches.work_links import rules
from marketplace.languages import lazy_gettext as _l

NAME_ERRORS: Any = {name: _l("Name the link.") for name in ("required", "null", "invalid")}
URL_ERRORS: Any = {name: _l("Give its address.") for name in ("required", "null", "invalid")}
LIST_ERRORS: Any = {name: _l("Send a list of links.") for name in ("null", "invalid")}


class WorkLinkSchema(Trimmed):
    """A link to a coach's work: what it leads to, and its https address."""

    name = fields.String(required=True, error_messages=NAME_ERRORS, metadata={"example": "My book"})
    url = fields.String(
        required=True,
        error_messages=URL_ERRORS,
        metadata={"description": "https", "example": "https://fairhour.example/book"},
    )


class WorkLinks(fields.List):
    """Links, as a list of objects or as a text with a line for each."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.Nested(WorkLinkSchema), error_messages=LIST_ERRORS, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and any(isinstance(each, str) for each in value):
            value = "\n".join(map(str, value))
        if isinstance(value, str):
            return rules.read(value)
        found: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        return found
