"""What comes in and goes out about acts of sponsorship, for pages and API alike."""

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from marketplace.accounts.schemas import Trimmed, one_line
from marketplace.coaches.schemas import in_our_time, saying
from marketplace.languages import lazy_gettext as _l
from marketplace.schema_fields import TrueOrFalse
from marketplace.sponsorships import rules
from marketplace.sponsorships.models import Sponsorship


class SponsorshipWriteSchema(Trimmed):
    """What you did for somebody, by their address; they are told, and confirm it or not."""

    email = fields.String(required=True, error_messages=saying(_l("Write the address of whom it was for.")))
    act = fields.String(
        required=True, error_messages=saying(_l("Choose what you did.")), metadata={"enum": [*rules.ACTS]}
    )
    what = fields.String(required=True, validate=one_line, error_messages=saying(_l("Say in a sentence what you did.")))
    happened_on = fields.Date(
        required=True, validate=in_our_time, error_messages=saying(_l("Choose the day."), _l("Choose the day."))
    )


class ShowSponsorshipSchema(Schema):
    """Whether everybody may read it, for your side."""

    everybody = TrueOrFalse(required=True)


class SponsorshipsQuerySchema(Trimmed):
    """Which acts: those done for you, or those that you recorded as a coach."""

    as_ = fields.String(
        data_key="as",
        load_default="person",
        validate=validate.OneOf(("person", "sponsor"), error=_l("Choose person or sponsor.")),
    )
    after = fields.UUID(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=100, error=_l("Ask for 1 to 100.")))


class SponsorshipSchema(Schema):
    """An act as its two sides see it. `person` is named once they have confirmed it, `email` is what was written."""

    id = fields.UUID()
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    act = fields.String(metadata={"enum": list(rules.ACTS)})
    what = fields.String()
    happened_on = fields.Date()
    sponsor = fields.String()
    sponsor_handle = fields.String()
    person = fields.String(allow_none=True)
    email = fields.String()
    sponsor_agrees = fields.Boolean()
    person_agrees = fields.Boolean()
    is_public = fields.Boolean(metadata={"description": "everybody reads it on the coach's page"})
    recorded_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)

    @pre_dump
    def told(self, found: Sponsorship, **_options: Any) -> dict[str, Any]:
        same = {name: getattr(found, name) for name in self.fields if name in Sponsorship.__table__.columns}
        return same | {
            "sponsor": found.coach.user.name,
            "sponsor_handle": found.coach.handle,
            "person": found.confirmed_by,
            "is_public": found.is_public,
        }


class SponsorshipsSchema(Schema):
    """A page of acts; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(SponsorshipSchema), attribute="acts")
    next_cursor = fields.UUID(attribute="after", allow_none=True)


class ShownSponsorshipSchema(Schema):
    """An act that both sides show to everybody."""

    act = fields.String(metadata={"enum": list(rules.ACTS)})
    what = fields.String()
    happened_on = fields.Date()
    person = fields.String(attribute="confirmed_by")


class RegisterSchema(Schema):
    """How many acts of a coach were confirmed, and those that both sides show."""

    confirmed = fields.Integer()
    shown = fields.List(fields.Nested(ShownSponsorshipSchema))
