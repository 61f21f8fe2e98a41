"""What comes in and goes out about places in queues."""

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.asks.briefs.schemas import number_within
from marketplace.asks.queue import queries, rules
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.schemas import AskedSchema, AskWriteSchema
from marketplace.bookings.schemas import BookedCoachSchema
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import lazy_gettext as _l


class QueuePlaceWriteSchema(AskWriteSchema):
    """A whole ask that waits until the coach takes one more. It is never sent for more than the price of now."""


class QueuePlacesQuerySchema(Trimmed):
    """Which of your places: of one state or of any."""

    status = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(["", *rules.STATES.states], error=_l("Choose one of {choices}.")),
    )
    after = fields.UUID(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=20, validate=number_within(1, 100))


class QueuePlaceSchema(AskedSchema):
    """A place in a coach's queue with the ask that waits there. Once sent, `ask_id` is that ask.

    `position` is 1 for the next, null once it waits no more. It lapses at `lapses_at`, or because of `lapse_reason`:
    `too_long`, `price` (it has risen), `brief` (the coach asks for more than it says), `gone` (the coach takes none).
    """

    id = fields.UUID()
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    position = fields.Integer(allow_none=True)
    coach = fields.Nested(BookedCoachSchema)
    price = fields.Nested(MoneySchema, metadata={"description": "by the rate card when the place was taken"})
    joined_at = fields.AwareDateTime()
    lapses_at = fields.AwareDateTime()
    lapse_reason = fields.String(allow_none=True, metadata={"enum": [*rules.LAPSES, None]})
    ended_at = fields.AwareDateTime(allow_none=True)
    ask_id = fields.UUID(allow_none=True)

    @pre_dump
    def told(self, place: QueuePlace, **_options: Any) -> dict[str, Any]:
        same = {name: getattr(place, name) for name in self.fields if name in QueuePlace.__table__.columns}
        return same | {
            **vars(place.brief),
            "position": queries.position_of(place),
            "coach": {"handle": place.coach.handle, "name": place.coach.user.name},
            "price": {"amount": place.price_cents, "currency": place.currency},
        }


class QueuePlacesSchema(Schema):
    """A page of places; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(QueuePlaceSchema), attribute="places")
    next_cursor = fields.UUID(attribute="after", allow_none=True)
