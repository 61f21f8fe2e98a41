"""What of the audit trail is asked for."""

import json
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.audit import rules
from marketplace.languages import lazy_gettext

# marshmallow makes text of it when it says it.
_l: Any = lazy_gettext

A_DATE: Any = {"invalid": _l("Write a date.")}
A_YEAR: Any = _l("Choose a year from 2000 to 2199.")
ONE_OF_THE_LIST: Any = _l("Choose one of the list.")
YES_OR_NOT: Any = {"invalid": _l("Say yes or leave it out.")}
DAYS = validate.Range(date(2000, 1, 1), date(2199, 12, 31), error=A_YEAR)


class AuditDetailSchema(Schema):
    """What a line of the audit log says beside what was done."""

    name = fields.String()
    value = fields.String(metadata={"description": "words, or the JSON of anything else"})


class AuditEntrySchema(Schema):
    """A line of the audit log."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    actor_id = fields.UUID(allow_none=True, metadata={"description": "null: the application itself"})
    action = fields.String(metadata={"example": "booking.confirmed"})
    subject_id = fields.String(metadata={"description": "of what it was done to; of a look at a list, which list"})
    details = fields.List(fields.Nested(AuditDetailSchema), metadata={"description": "what else is known of it"})

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """What is kept as an object is shown as a list, whose names are not known before."""
        if attr != "details":
            return super().get_attribute(obj, attr, default)
        told = obj.details.items()
        return [{"name": name, "value": value if isinstance(value, str) else json.dumps(value)} for name, value in told]


class AuditLogSchema(Schema):
    """A page of the audit log, the newest first; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(AuditEntrySchema))
    next_cursor = fields.UUID(allow_none=True)


class AuditFilterSchema(Schema):
    """Which lines: about a thing or person, by a person, of a kind, on days (UTC), or admins' looks at data alone."""

    about = fields.UUID(load_default=None, metadata={"description": "of a thing or a person"})
    by = fields.UUID(load_default=None, metadata={"description": "of the person who did it"})
    kind = fields.String(load_default="", validate=validate.OneOf(("", *rules.SUBJECTS), error=ONE_OF_THE_LIST))
    looks = fields.Boolean(load_default=False, error_messages=YES_OR_NOT)
    since = fields.Date(load_default=None, data_key="from", validate=DAYS, error_messages=A_DATE)
    until = fields.Date(load_default=None, data_key="to", validate=DAYS, error_messages=A_DATE)
    after = fields.UUID(load_default=None, error_messages={"invalid_uuid": _l("Take the cursor from the page before.")})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100, error=_l("Ask for 1 to 100.")))


class AuditSearchSchema(Schema):
    """Lines about a thing or person, by a person (ids, or parts of names and addresses), of a kind, on days (UTC)."""

    about = fields.String(load_default="", validate=validate.Length(max=255))
    by = fields.String(load_default="", validate=validate.Length(max=255))
    kind = fields.String(load_default="", validate=validate.OneOf(("", *rules.SUBJECTS), error=ONE_OF_THE_LIST))
    looks = fields.Boolean(load_default=False, error_messages=YES_OR_NOT)
    since = fields.Date(load_default=None, data_key="from", validate=DAYS, error_messages=A_DATE)
    until = fields.Date(load_default=None, data_key="to", validate=DAYS, error_messages=A_DATE)
