"""Schemas of calendars, for the pages and the API alike. Secrets only come in."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from marketplace.calendars.rules import addresses as rules
from marketplace.languages import lazy_gettext as _l
from marketplace.schema_fields import TrueOrFalse

FILL_IN: dict[str, Any] = {"required": _l("Fill this in."), "null": _l("Fill this in.")}


def _words(most: int) -> list[validate.Validator]:
    return [
        validate.Length(max=most, error=_l("Keep it under {max} characters.")),
        validate.Regexp(r"(?s).*\S", error=_l("Fill this in.")),
    ]


class NewCalendarSchema(Schema):
    """A calendar to be read: an ICS address, or CalDAV with name and password, which may be written to as well."""

    kind = fields.String(
        load_default=rules.ICS,
        validate=validate.OneOf(list(rules.KINDS), error=_l("Choose 'ics' or 'caldav'.")),
    )
    name = fields.String(required=True, validate=_words(60), error_messages=FILL_IN)
    url = fields.String(required=True, validate=_words(2000), error_messages=FILL_IN)
    username = fields.String(load_default="", validate=validate.Length(max=200))
    password = fields.String(load_default="", validate=validate.Length(max=200), load_only=True)
    writes = TrueOrFalse(load_default=False, metadata={"description": "Put confirmed sessions into it (CalDAV)"})

    @validates_schema(skip_on_field_errors=True)
    def signs_in(self, data: dict[str, Any], **_: Any) -> None:
        if data["kind"] == rules.CALDAV:
            empty = [name for name in ("username", "password") if not data[name]]
            if empty:
                raise ValidationError({name: [str(_l("Fill this in."))] for name in empty})
        elif data["writes"]:
            raise ValidationError(str(_l("Only a CalDAV calendar can be written to.")), "writes")


class DoubtSchema(Schema):
    """A line of a calendar that was not understood for certain."""

    line = fields.Integer(metadata={"description": "Its number in what the server sent, from 1"})
    text = fields.String(metadata={"description": "The line, if it speaks of times alone; otherwise empty"})
    sentence = fields.String(metadata={"description": "What is doubtful, and what counts as busy instead"})


class CalendarSchema(Schema):
    """A calendar and where it stands. `hint` is the recognisable part of its address."""

    id = fields.UUID()
    kind = fields.String()
    name = fields.String()
    hint = fields.String()
    writes = fields.Boolean()
    busy_times = fields.Integer()
    state = fields.String()
    doubts = fields.List(
        fields.Nested(DoubtSchema),
        metadata={"description": "The first of the lines that were not understood for certain"},
    )
    doubt_count = fields.Integer(metadata={"description": "How many lines were not understood for certain"})
    error = fields.String(allow_none=True)
    ok_at = fields.AwareDateTime(allow_none=True)
    next_read_at = fields.AwareDateTime()
