"""What is told of a picture."""

import uuid
from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields

from marketplace import config
from marketplace.files.rules import addresses


class PictureSchema(Schema):
    """Where a picture is, in three sizes; WebP. An address never shows anything else: keep what you got."""

    small = fields.URL(metadata={"description": "for lists"})
    medium = fields.URL()
    large = fields.URL()


class PictureField(fields.Nested):
    """The addresses of the Picture whose key `of` finds in an object; null where it finds none."""

    def __init__(self, of: Callable[[Any], uuid.UUID | None]) -> None:
        super().__init__(PictureSchema, dump_only=True, allow_none=True)
        self._of = of

    def get_value(self, obj: Any, *_: Any, **__: Any) -> Any:
        """The addresses, whatever the attribute is called."""
        picture_id = self._of(obj)
        return None if picture_id is None else addresses.addresses(picture_id, site=config.current().public_url)
