"""What comes in and goes out about meeting links."""

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Trimmed


class MeetingSchema(Schema):
    """The meeting link of a session; `url` is null before `opens_at` and from `closes_at` on."""

    opens_at = fields.AwareDateTime()
    closes_at = fields.AwareDateTime()
    url = fields.String(allow_none=True)


class MeetingLinkSchema(Trimmed):
    """Where a coach meets mentees; without a link each session has a room of its own."""

    url = fields.Url(
        schemes={"https"},
        validate=validate.Length(max=500, error="Keep it within {max} characters."),
        required=True,
        allow_none=True,
        error_messages={
            "required": "Give an address that starts with https://, or null.",
            "invalid": "Give an address that starts with https://.",
        },
    )


class CoachMeetingSchema(Schema):
    """Where a coach meets mentees."""

    url = fields.String(attribute="meeting_url", allow_none=True)
