"""What comes in and goes out about invitations, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.asks.briefs.schemas import number_within, some_words
from marketplace.asks.invitations import queries
from marketplace.asks.invitations.models import Invitation
from marketplace.asks.invitations.rules import prices, reading, reasons, states
from marketplace.asks.quotes import rules as quote_rules
from marketplace.bookings.schemas import Written
from marketplace.coaches.kinds.rules import KINDS
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import lazy_gettext as _l
from marketplace.languages import translated
from marketplace.schema_fields import TrueOrFalse


class InvitationTextSchema(Schema):
    """The invitation as your mail program or calendar saves it: an .ics file's text."""

    text = fields.String(
        required=True,
        validate=validate.Length(max=reading.MOST_BYTES, error=reasons.TOO_LARGE),
        metadata={"description": "iCalendar (RFC 5545), METHOD REQUEST, PUBLISH, CANCEL or none"},
    )


class DeclineInvitationSchema(Written):
    """A no, in a sentence that the organiser reads; `tell` false ends it without a mail."""

    reply = some_words(states.LONGEST_REPLY)
    tell = TrueOrFalse(load_default=True, metadata={"description": "write to the organiser"})


class QuoteInvitationSchema(Written):
    """A quote for the organiser; without a price it is your card's, with preparation and people."""

    price = fields.Nested(MoneySchema, load_default=None, allow_none=True)
    note = some_words(quote_rules.LONGEST_NOTE, metadata={"description": "what the organiser reads beside it"})
    kind = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([*KINDS]))
    hold_time = TrueOrFalse(
        load_default=None,
        allow_none=True,
        metadata={"description": "hold the meeting's own time; null where your calendars have nothing else then"},
    )


class InvitationSettingsSchema(Written):
    """How your invitations are priced: preparation that is charged, and what each further person adds."""

    preparation_minutes = fields.Integer(required=True, validate=number_within(0, prices.MOST_PREPARATION))
    group_percent = fields.Integer(required=True, validate=number_within(0, prices.MOST_GROUP_PERCENT))


class InvitationsQuerySchema(Trimmed):
    """Which invitations: of one state or of any."""

    status = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(["", *states.STATES.states], error=_l("Choose one of {choices}.")),
    )
    after = fields.UUID(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=20, validate=number_within(1, 100))


class OrganiserSchema(Schema):
    """Who invites."""

    name = fields.String()
    email = fields.String()


class InvitationSchema(Schema):
    """A meeting to which you were invited. `price` is what it costs by your card now, null where the card is empty."""

    id = fields.UUID()
    status = fields.String(metadata={"enum": list(states.STATES.states)})
    source = fields.String(metadata={"enum": list(states.SOURCES)})
    uid = fields.String(metadata={"description": "of the event, as its organiser's calendar has it"})
    sequence = fields.Integer()
    organiser = fields.Nested(OrganiserSchema)
    summary = fields.String()
    starts_at = fields.AwareDateTime(metadata={"description": "of its next meeting"})
    minutes = fields.Integer()
    zone = fields.String()
    attendees = fields.Integer(metadata={"description": "besides the organiser, you included"})
    recurs = TrueOrFalse()
    sessions = fields.Integer(metadata={"description": f"to come, at most {reading.MOST_SESSIONS}"})
    endless = TrueOrFalse(metadata={"description": "it recurs without an end"})
    doubts = fields.List(fields.String(), metadata={"description": "what was not understood for certain"})
    preparation_minutes = fields.Integer(metadata={"description": "included in the price"})
    price = fields.Nested(MoneySchema, allow_none=True)
    ask_id = fields.UUID(allow_none=True, metadata={"description": "the ask that its organiser was quoted for"})
    reply = fields.String()
    received_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)

    @pre_dump
    def told(self, invitation: Invitation, **_options: Any) -> dict[str, Any]:
        price = queries.price_of(invitation)
        same = {name: getattr(invitation, name) for name in self.fields if name in Invitation.__table__.columns}
        return same | {
            "organiser": {"name": invitation.organiser_name, "email": invitation.organiser_email},
            "doubts": [translated(sentence) for sentence in invitation.doubts],
            "preparation_minutes": price.preparation_minutes if price else 0,
            "price": {"amount": price.total_cents, "currency": invitation.coach.currency} if price else None,
        }


class InvitationsSchema(Schema):
    """A page of invitations; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(InvitationSchema), attribute="invitations")
    next_cursor = fields.UUID(attribute="after", allow_none=True)
