"""The blueprint of one resource: complaints of schemas become our own error."""

from typing import Any, NoReturn

from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from marketplace.http import invalid


class Parser(FlaskParser):
    """Reads requests by schemas."""

    def handle_error(self, error: Any, *_: Any, **__: Any) -> NoReturn:
        """Name the fields; where in the request they stood (`json`, `query`) says nothing more."""
        messages = error.messages
        raise invalid({name: part for place in messages.values() for name, part in _named(place).items()})

    def _handle_invalid_json_error(self, *_: Any, **__: Any) -> NoReturn:
        raise BadRequest("The body is not valid JSON.")


def _named(place: Any) -> dict[str, Any]:
    return place if isinstance(place, dict) else {"_schema": place}


class Resource(Blueprint):
    """Routes of one resource; `description` stands in the OpenAPI document."""

    ARGUMENTS_PARSER = Parser()
