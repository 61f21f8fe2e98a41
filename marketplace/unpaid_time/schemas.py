"""What comes in and goes out about unpaid time, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from marketplace.accounts.schemas import Trimmed, plain_text
from marketplace.coaches.schemas import MoneySchema, in_our_time
from marketplace.languages import lazy_gettext as _l
from marketplace.unpaid_time.models import UnpaidEntry
from marketplace.unpaid_time.queries import EntryPage
from marketplace.unpaid_time.rules.minutes import BY_HAND, KINDS, LONGEST_NOTE, MOST_MINUTES
from marketplace.unpaid_time.rules.years import OUTCOMES, CoachYear, Sum

KIND = validate.OneOf(list(BY_HAND), error=_l("Choose one of the kinds."))
SHORT = validate.Length(max=LONGEST_NOTE, error=_l("Keep this within {max} characters."))


class TimerSchema(Trimmed):
    """What the timer is for."""

    kind = fields.String(required=True, validate=KIND, metadata={"enum": list(BY_HAND)})
    note = fields.String(load_default="", validate=[SHORT, plain_text])


class UnpaidMinutesSchema(TimerSchema):
    """Minutes that you gave away, on a day of your calendar, today without one."""

    minutes = fields.Integer(
        required=True,
        validate=validate.Range(1, MOST_MINUTES, error=_l("Write a number of minutes from {min} to {max}.")),
    )
    day = fields.Date(load_default=None, allow_none=True, validate=in_our_time)


class RunningTimerSchema(TimerSchema):
    """The timer that runs."""

    started_at = fields.AwareDateTime(dump_only=True)


class UnpaidEntrySchema(Schema):
    """Minutes given away and their value by the rate card of then; below zero where they take others back."""

    id = fields.UUID()
    kind = fields.String(metadata={"enum": list(KINDS)})
    source = fields.String(metadata={"description": "system, hand or timer"})
    minutes = fields.Integer()
    value_cents = fields.Integer(metadata={"description": "minor units; below zero where it takes another back"})
    currency = fields.String()
    day = fields.Date()
    note = fields.String()
    subject_id = fields.UUID(allow_none=True)
    reverses_id = fields.UUID(allow_none=True)
    created_at = fields.AwareDateTime()


class UnpaidEntriesSchema(Schema):
    """Some of your entries, the last written first; `after` begins the next page."""

    entries = fields.List(fields.Nested(UnpaidEntrySchema))
    timer = fields.Nested(RunningTimerSchema, allow_none=True)
    after = fields.UUID(allow_none=True)


class UnpaidQuerySchema(Schema):
    """Where the page begins."""

    after = fields.UUID(load_default=None)


class SumSchema(Schema):
    """Minutes, and what they come to in each currency."""

    minutes = fields.Integer()
    amounts = fields.List(fields.Nested(MoneySchema))

    @pre_dump
    def told(self, found: Sum, **_options: Any) -> dict[str, Any]:
        return {
            "minutes": found.minutes,
            "amounts": [{"amount": cents, "currency": currency} for currency, cents in sorted(found.cents.items())],
        }


class CoachYearSchema(Schema):
    """What was asked of you in a year and became of it, and what an hour of all your work came to."""

    year = fields.Integer()
    asked = fields.Nested(SumSchema)
    outcomes = fields.Dict(fields.String(metadata={"enum": list(OUTCOMES)}), fields.Nested(SumSchema))
    sessions = fields.Nested(SumSchema, metadata={"description": "paid sessions: what you have of them"})
    unpaid = fields.Nested(SumSchema)
    kinds = fields.Dict(fields.String(metadata={"enum": list(KINDS)}), fields.Nested(SumSchema))
    given = fields.Nested(SumSchema)
    received = fields.Nested(SumSchema)
    hourly = fields.List(fields.Nested(MoneySchema), metadata={"description": "earned by the hour of all that work"})

    @pre_dump
    def told(self, found: CoachYear, **_options: Any) -> dict[str, Any]:
        same = ("asked", "outcomes", "sessions", "unpaid", "kinds", "given", "received")
        return {name: getattr(found, name) for name in same} | {
            "year": found.number,
            "hourly": [{"amount": cents, "currency": code} for code, cents in sorted(found.hourly_cents().items())],
        }


def listed(page: EntryPage, timer: Any) -> dict[str, Any]:
    """A page of entries with the timer, as it is dumped."""
    entries: list[UnpaidEntry] = list(page.entries)
    return {"entries": entries, "after": page.after, "timer": timer}
