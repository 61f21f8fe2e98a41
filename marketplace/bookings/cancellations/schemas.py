"""What comes in and goes out about a cancellation."""

from marshmallow import Schema, fields

from marketplace.bookings.schemas import OptionalReasonSchema, Written, reason_field
from marketplace.coaches.schemas import MoneySchema, saying
from marketplace.languages import lazy_gettext as _l

SHOWN_REFUND = _l("Give the refund that was shown.")


class CancelSchema(Written):
    """A cancellation, with the refund that was shown; it is refused when another amount would be refunded by now."""

    expected_refund = fields.Nested(MoneySchema, required=True, error_messages=saying(SHOWN_REFUND))
    reason = reason_field()


class CancelFormSchema(OptionalReasonSchema):
    """The same as `CancelSchema` from a page, which shows one amount in the session's own currency."""

    expected_refund_cents = fields.Integer(required=True, error_messages=saying(SHOWN_REFUND, SHOWN_REFUND))


class CancellationQuoteSchema(Schema):
    """What cancelling now would bring back and what would be kept, and why."""

    refund = fields.Nested(MoneySchema)
    kept = fields.Nested(MoneySchema)
    why = fields.String()
