"""What comes in and goes out about licences, for pages and API alike."""

from typing import Any

from marshmallow import Schema, fields

from marketplace.accounts.schemas import Trimmed, one_line, plain_text
from marketplace.coaches.licences import rules
from marketplace.coaches.schemas import in_our_time, saying
from marketplace.languages import lazy_gettext as _l

_DAY: Any = _l("Choose the last day on which it is valid.")


class LicenceWriteSchema(Trimmed):
    """A licence: its number, where it is valid, and until when."""

    number = fields.String(
        required=True, validate=one_line, error_messages=saying(_l("Write the number of the licence."))
    )
    jurisdiction = fields.String(
        required=True,
        error_messages=saying(_l("Choose where the licence is valid from the list.")),
        metadata={"description": "ISO 3166: DE, US-CA", "enum": sorted(rules.JURISDICTIONS)},
    )
    expires_on = fields.Date(required=True, validate=in_our_time, error_messages=saying(_DAY, _DAY))


class LicenceSchema(Schema):
    """A licence as its therapist and admins see it."""

    id = fields.UUID()
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    number = fields.String()
    jurisdiction = fields.String()
    expires_on = fields.Date()
    submitted_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String(allow_none=True)


class LicencesSchema(Schema):
    """Licences, the newest first."""

    items = fields.List(fields.Nested(LicenceSchema))


class LicenceReasonSchema(Trimmed):
    """Why a licence is not accepted; its therapist reads it."""

    reason = fields.String(
        required=True, validate=plain_text, error_messages=saying(_l("Say why: the coach reads this."))
    )
