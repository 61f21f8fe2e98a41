"""The blueprint of one resource, its parser of requests, and dates in addresses."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NoReturn

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.routing import BaseConverter, ValidationError

from marketplace import content_types, strict_json, text
from marketplace.error_answers import invalid
from marketplace.errors import Invalid, UnreadableBody
from marketplace.languages import gettext as _


class Parser(FlaskParser):
    """Reads requests by schemas, once the strict reader and the rule of texts have let them through."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body. Only a POST may come without one: then its schema says whether anything is missing."""
        body = req.get_data(cache=True)
        if not is_json_request(req) and (req.mimetype or body):
            raise content_types.WrongContentType(content_types.JSON)
        if not body:
            if req.method == "POST":
                return {}
            raise UnreadableBody(_("The body is empty: send a JSON object."), limit="empty")
        found = strict_json.loads(body)
        _check_texts(found)
        if wrong := dict(_no_whole_numbers(schema, found)):
            raise Invalid(**wrong)
        return found

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """What the address asks for."""
        for key, said in req.args.items(multi=True):
            _check_texts({key: said})
        return super().load_querystring(req, schema)

    def load_files(self, req: Request, schema: Schema) -> Any:
        """The parts that are files, each of its name once; other parts are none of what is asked for."""
        if req.mimetype != content_types.MULTIPART:
            raise content_types.WrongContentType(content_types.MULTIPART)
        known = set(schema.load_fields)
        wrong = dict.fromkeys({*req.form, *req.files} - known, _("This is not asked for."))
        wrong |= {name: _("Send one file.") for name, sent in req.files.lists() if len(sent) > 1}
        if wrong:
            raise Invalid(None, **wrong)
        return super().load_files(req, schema)

    def handle_error(self, error: Any, *_: Any, **__: Any) -> NoReturn:
        """Name the fields; where in the request they stood (`json`, `query`) says nothing more."""
        messages = error.messages
        raise invalid({name: part for place in messages.values() for name, part in _named(place).items()})


def _check_texts(found: Any) -> None:
    if faults := text.faults(found):
        raise Invalid(**faults)


def _no_whole_numbers(field: Schema | fields.Field, value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where a whole number is asked for and a part of one, its text or a boolean was sent, which marshmallow reads.

    What stands in an address or a form is text, and not asked here.
    """
    if isinstance(field, fields.Nested):
        field = field.schema
    if isinstance(field, Schema):
        for number, one in enumerate(value) if isinstance(value, list) else ():
            yield from _no_whole_numbers(field, one, f"{path}{number}.")
        for name, part in field.load_fields.items() if isinstance(value, dict) else ():
            key = part.data_key or name
            yield from _no_whole_numbers(part, value.get(key), f"{path}{key}.")
    elif isinstance(field, fields.List):
        for number, one in enumerate(value if isinstance(value, list) else ()):
            yield from _no_whole_numbers(field.inner, one, f"{path}{number}.")
    elif isinstance(field, fields.Integer) and (
        isinstance(value, (str, bool)) or (isinstance(value, float) and not value.is_integer())
    ):
        yield path.removesuffix("."), _("Not a valid integer.")


def _named(place: Any) -> dict[str, Any]:
    return place if isinstance(place, dict) else {"_schema": place}


class Resource(Blueprint):
    """Routes of one resource, under the heading of its `description` in the OpenAPI document."""

    ARGUMENTS_PARSER = Parser()

    def route(self, rule: str, **options: Any) -> Any:
        """As Flask's. The view's name is the operation's, so it is unique in the API."""
        register = super().route(rule, tags=[self.description], **options)

        def decorate(view: Callable[..., Any]) -> Any:
            return register(self.doc(operationId=view.__name__)(view))

        return decorate


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
