"""Forms: the same schemas as the API's, filled from what a browser sends."""

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields

from marketplace import text
from marketplace.error_answers import invalid
from marketplace.errors import Invalid
from marketplace.languages import gettext as _


def load(schema: Schema) -> dict[str, Any]:
    """The submitted form as the schema's values; raises Invalid naming the fields.

    A list is every field of its name, a boolean a ticked box; what was left blank is '' for text, null where the
    schema takes null, and otherwise missing.
    """
    given: dict[str, Any] = {}
    _check(schema)
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        typed = request.form.get(key)
        if isinstance(field, fields.List):
            given[key] = request.form.getlist(key)
        elif isinstance(field, fields.Boolean):
            given[key] = typed is not None
        elif typed is not None and (typed.strip() or isinstance(field, fields.String)):
            given[key] = typed
        elif typed is not None and field.allow_none:
            given[key] = None
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        raise invalid(error.messages) from error
    return loaded


def _check(schema: Schema) -> None:
    """Raise Invalid for texts that nobody may send, and for a field that comes twice and is no list."""
    wrong: dict[str, list[str]] = {}
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        given = request.form.getlist(key)
        if len(given) > 1 and not isinstance(field, fields.List):
            wrong[key] = [_("Fill this in once.")]
        found = [sentence for typed in given if (sentence := text.fault(typed))]
        if found:
            wrong[key] = found[:1]
    if wrong:
        raise Invalid(**wrong)


def load_address(schema: Schema) -> tuple[dict[str, Any], dict[str, str], dict[str, list[str]]]:
    """What the address asks for: the schema's values, what was typed by field, and what is wrong with it by field.

    Where anything is wrong, the values are those of an address that asks for nothing.
    """
    typed = {key: words for key, words in request.args.items() if words.strip()}
    known = {field.data_key or name for name, field in schema.load_fields.items()}
    given = {key: words.strip() for key, words in typed.items() if key in known}
    if wrong := text.faults(given):
        return schema.load({}), typed, wrong
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        return schema.load({}), typed, invalid(error.messages).fields
    return loaded, typed, {}
