"""What of the audit trail is asked for."""

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.audit import rules
from marketplace.languages import lazy_gettext as _l

A_DATE: Any = {"invalid": _l("Write a date.")}
A_YEAR: Any = _l("Choose a year from 2000 to 2199.")
ONE_OF_THE_LIST: Any = _l("Choose one of the list.")
YES_OR_NOT: Any = {"invalid": _l("Say yes or leave it out.")}
DAYS = validate.Range(date(2000, 1, 1), date(2199, 12, 31), error=A_YEAR)


class AuditSearchSchema(Schema):
    """Lines about a thing or person, by a person (ids, or parts of names and addresses), of a kind, on days (UTC)."""

    about = fields.String(load_default="", validate=validate.Length(max=255))
    by = fields.String(load_default="", validate=validate.Length(max=255))
    kind = fields.String(load_default="", validate=validate.OneOf(("", *rules.SUBJECTS), error=ONE_OF_THE_LIST))
    looks = fields.Boolean(load_default=False, error_messages=YES_OR_NOT)
    since = fields.Date(load_default=None, data_key="from", validate=DAYS, error_messages=A_DATE)
    until = fields.Date(load_default=None, data_key="to", validate=DAYS, error_messages=A_DATE)
