"""Fields of schemas that marshmallow reads more kindly than a program's JSON may be."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields


class TrueOrFalse(fields.Boolean):
    """A boolean of JSON (RFC 8259): neither 0 nor "yes" is one. What comes in an address is a `fields.Boolean`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value
