"""The blueprint of one resource, its parser of requests, and dates in addresses."""

from datetime import date
from typing import Any, NoReturn

from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest
from werkzeug.routing import BaseConverter, ValidationError

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
    """Routes of one resource, under the heading of its `description` in the OpenAPI document."""

    ARGUMENTS_PARSER = Parser()

    def route(self, rule: str, **options: Any) -> Any:
        """As Flask's."""
        return super().route(rule, tags=[self.description], **options)


class DateConverter(BaseConverter):
    """`<date:day>` in an address: 2027-03-02. What is none is an address that does not exist."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """The date written there."""
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: date) -> str:
        """As it is written."""
        return value.isoformat()
