"""What comes in and goes out about meeting links."""

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.languages import lazy_gettext as _l

AN_ADDRESS = _l("Give an address that starts with https://.")


class MeetingSchema(Schema):
    """The meeting link of a session; `url` is null before `opens_at` and from `closes_at` on."""

    opens_at = fields.AwareDateTime()
    closes_at = fields.AwareDateTime()
    url = fields.String(allow_none=True)


class MeetingLinkSchema(Trimmed):
    """Where a coach meets mentees; without a link each session has a room of its own."""

    url = fields.String(
        validate=[
            validate.URL(schemes={"https"}, error=AN_ADDRESS),
            validate.Length(max=500, error=_l("Keep it within {max} characters.")),
        ],
        required=True,
        allow_none=True,
        error_messages={"required": _l("Give an address that starts with https://, or null."), "invalid": AN_ADDRESS},
        metadata={"format": "url"},
    )


class CoachMeetingSchema(Schema):
    """Where a coach meets mentees."""

    url = fields.String(attribute="meeting_url", allow_none=True)
