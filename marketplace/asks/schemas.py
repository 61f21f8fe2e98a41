"""What comes in and goes out about asks, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate

from marketplace.accounts.addresses.rules import normalized
from marketplace.accounts.schemas import Derived, ProfileSchema, Trimmed
from marketplace.asks.briefs.schemas import SaidSchema, number_within, some_words, within
from marketplace.asks.earlier_answers.schemas import EarlierAnswerSchema
from marketplace.asks.models import Ask
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes.offered_times.rules import MOST_TIMES
from marketplace.asks.rules import capacity, pricing, states
from marketplace.asks.rules.brief import MOST_POINTS, PAYERS
from marketplace.bookings.schemas import BookedCoachSchema, PartySchema, Written
from marketplace.coaches.schemas import MoneySchema, cents_in, in_our_time
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.schema_fields import TrueOrFalse


class AskWriteSchema(SaidSchema):
    """An ask to a coach. `expected_price` is what you were shown; at another price nothing is sent."""

    coach = fields.String(required=True, metadata={"description": "the coach's handle", "example": "ada"})
    expected_price = fields.Nested(MoneySchema, load_default=None, allow_none=True)


class SenderSchema(ProfileSchema):
    """Who asks without an account. The address is confirmed by a code."""

    email = fields.String(required=True)

    @post_load
    def one_spelling(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        try:
            return data | {"email": normalized(data["email"])}
        except ValueError as error:
            raise ValidationError(_("Write your address like name@example.com."), "email") from error


class CodeOfAskSchema(Trimmed):
    """The six digits of the mail."""

    code = fields.String(load_default="")


class AnswerToAskSchema(Written):
    """An answer in words or by a link, and how many minutes it took."""

    reply = some_words(states.LONGEST_ANSWER)
    minutes = fields.Integer(required=True, validate=number_within(0, states.MOST_MINUTES_LOGGED))


class DeclineAskSchema(Written):
    """A no: the reason, and the sentence that the asker reads; without one yours for that reason, or the usual one."""

    reason = fields.String(required=True, metadata={"enum": list(states.DECLINES)})
    reply = some_words(states.LONGEST_SENTENCE)
    refer_to = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "the handle of a coach who agreed to be named", "example": "bob"},
    )


class AskSettingsSchema(Written):
    """How many asks you take, the points that one has to have, and your sentences for saying no, by reason."""

    open_at_most = fields.Integer(required=True, validate=number_within(0, capacity.MOST_OPEN))
    per_week = fields.Integer(required=True, validate=number_within(0, capacity.MOST_PER_WEEK))
    closed_until = fields.Date(required=True, allow_none=True, validate=in_our_time)
    least_points = fields.Integer(required=True, validate=number_within(0, MOST_POINTS))
    sentences = fields.Dict(
        keys=fields.String(), values=fields.String(validate=within(states.LONGEST_SENTENCE)), required=True
    )
    takes_referrals = TrueOrFalse(required=True, metadata={"description": "other coaches who decline may name you"})


class AsksQuerySchema(Trimmed):
    """Which asks: those you sent, or those that were sent to you as a coach; of one state or of any."""

    as_ = fields.String(
        data_key="as",
        load_default="asker",
        validate=validate.OneOf(("asker", "coach"), error=_l("Choose asker or coach.")),
    )
    status = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(["", *states.STATES.states], error=_l("Choose one of {choices}.")),
    )
    after = fields.UUID(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=20, validate=number_within(1, 100))


class AskedSchema(Schema):
    """What was asked."""

    kind = fields.String()
    about = fields.String()
    not_about = fields.String()
    tried = fields.String()
    why_coach = fields.String()
    aim = fields.String()
    by_when = fields.Date(allow_none=True)
    minutes = fields.Integer()
    words_enough = fields.Boolean()
    payer = fields.String(metadata={"enum": list(PAYERS)})


class AskSchema(AskedSchema):
    """An ask. `reply` is the coach's answer or the sentence of a no; it lapses at `answer_by`."""

    id = fields.UUID()
    status = fields.String(metadata={"enum": list(states.STATES.states)})
    coach = fields.Nested(BookedCoachSchema)
    asker = fields.Nested(PartySchema)
    points = fields.Integer(metadata={"description": f"of {MOST_POINTS}"})
    price = fields.Nested(MoneySchema, metadata={"description": "of the minutes, by the rate card when it was sent"})
    sent_at = fields.AwareDateTime()
    answer_by = fields.AwareDateTime()
    reply = fields.String(allow_none=True)
    answer_minutes = fields.Integer(allow_none=True)
    decline_reason = fields.String(allow_none=True, metadata={"enum": [*states.DECLINES, None]})
    referred_to = fields.Nested(
        BookedCoachSchema, allow_none=True, metadata={"description": "whom the coach named with a no"}
    )
    ended_at = fields.AwareDateTime(allow_none=True)

    @pre_dump
    def told(self, ask: Ask, **_options: Any) -> dict[str, Any]:
        same = {name: getattr(ask, name) for name in self.fields if name in Ask.__table__.columns}
        return same | {
            "coach": {"handle": ask.coach.handle, "name": ask.coach.user.name},
            "asker": ask.asker,
            "referred_to": ask.referred_to and {"handle": ask.referred_to.handle, "name": ask.referred_to.user.name},
            "price": {"amount": ask.price_cents, "currency": ask.currency},
        }


class AsksSchema(Schema):
    """A page of asks; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(AskSchema), attribute="asks")
    next_cursor = fields.UUID(attribute="after", allow_none=True)


class AskPreviewSchema(Schema):
    """What an ask would cost and how many points it has; `missing` says by field how to earn the others.

    `refused`: the coach takes none now, because `closed`, `full` (as many wait as they take), `week_full`, or `queue`
    (others wait for a place). With `has_queue` a place may be taken, behind those `in_queue`.
    """

    price = fields.Nested(MoneySchema)
    points = fields.Integer(metadata={"description": f"of {MOST_POINTS}"})
    least_points = fields.Integer(metadata={"description": "fewer are not sent"})
    missing = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    earlier_answers = fields.List(
        fields.Nested(EarlierAnswerSchema),
        metadata={"description": "what the coach answered of this before, the best three of each source"},
    )
    refused = fields.String(allow_none=True, metadata={"enum": ["closed", "full", "week_full", "queue", None]})
    in_queue = fields.Integer()
    has_queue = fields.Boolean()


def expected_cents(price: dict[str, Any] | None, currency: str, *, field: str = "expected_price") -> int | None:
    """The minor units of a price that was shown or written; raises Invalid in another currency."""
    said = _("This ask is priced in %(currency)s.", currency=currency)
    return None if price is None else cents_in(currency, price, field=field, said=said)


class QuoteWriteSchema(Written):
    """So many minutes for a price; without one it is the rate card's."""

    minutes = fields.Integer(required=True, validate=number_within(pricing.LEAST_MINUTES, pricing.MOST_MINUTES))
    price = fields.Nested(MoneySchema, load_default=None, allow_none=True)
    note = some_words(quote_rules.LONGEST_NOTE, metadata={"description": "what the asker reads beside it"})
    form = fields.String(
        load_default=quote_rules.SESSION,
        validate=validate.OneOf(tuple(quote_rules.FORMS), error=_l("Choose a session or a written answer.")),
        metadata={"enum": list(quote_rules.FORMS)},
    )
    deliver_by = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        validate=in_our_time,
        metadata={"description": "until when a written answer is delivered, within 12 to 132 hours from now"},
    )
    preparation_minutes = fields.Integer(load_default=0, validate=number_within(0, pricing.MOST_MINUTES))
    times = fields.List(
        fields.AwareDateTime(validate=in_our_time),
        load_default=list,
        validate=validate.Length(max=MOST_TIMES, error=_l("Offer {max} times at most.")),
        metadata={
            "description": "free times of yours, one of which is held as long as the quote stands: a single one at "
            "once, else the one that is picked; without any, a time is chosen from your calendar",
            "example": ["2027-03-03T10:00:00Z"],
        },
    )


class QuoteSchema(Schema):
    """What a coach offers for an ask. Once a time was held for it, `booking_id` is that session, to be paid for.

    In the form `written` it is an answer in words, and `written_answer_id` the one that was ordered.
    """

    id = fields.UUID()
    ask_id = fields.UUID()
    status = fields.String(metadata={"enum": list(quote_rules.STATES.states)})
    minutes = fields.Integer()
    form = fields.String(metadata={"enum": list(quote_rules.FORMS)})
    preparation_minutes = fields.Integer()
    price = Derived(MoneySchema, lambda quote: {"amount": quote.price_cents, "currency": quote.currency})
    note = fields.String()
    policy_version_id = fields.UUID(metadata={"description": "the rules of cancelling, as they were quoted"})
    valid_until = fields.AwareDateTime()
    created_at = fields.AwareDateTime()
    deliver_by = fields.AwareDateTime(allow_none=True)
    offered_times = fields.List(
        fields.AwareDateTime(), metadata={"description": "times that go with it; `slots` are those still free"}
    )
    held_until = fields.AwareDateTime(
        allow_none=True, metadata={"description": "until when the time that was chosen is held, unpaid"}
    )
    booking_id = fields.UUID(allow_none=True)
    written_answer_id = fields.UUID(allow_none=True)
    credit_id = fields.UUID(allow_none=True, metadata={"description": "what was bought without a time"})


class QuotesSchema(Schema):
    """The quotes for an ask, the newest first."""

    items = fields.List(fields.Nested(QuoteSchema))
