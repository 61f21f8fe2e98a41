"""What comes in and goes out about the waitlist, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate

from marketplace.bookings.holds.schemas import WantedTimeSchema
from marketplace.bookings.waitlist_entries import rules
from marketplace.bookings.waitlist_entries.models import WaitlistEntry
from marketplace.coaches.schemas import saying
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.scheduling.rules.hours import minute_of_day, wall_clock

MONDAY_IS_0_SUNDAY_IS_6: Any = _l("Monday is 0, Sunday is 6.")
CHOOSE_AT_LEAST_ONE_DAY_OF: Any = _l("Choose at least one day of the week.")

A_DATE: Any = _l("Give a date like 2027-03-01.")
A_TIME: Any = _l("Write a time of day like 18:00, or 24:00 for midnight.")


def _date() -> fields.Date:
    return fields.Date(required=True, error_messages=saying(A_DATE, A_DATE))


def _time_of_day(text: str) -> None:
    try:
        minute_of_day(text)
    except ValueError as error:
        raise ValidationError(str(A_TIME)) from error


class WaitlistJoinSchema(WantedTimeSchema):
    """Which times you wait for, by the clock of your zone; both dates are included, Monday is 0."""

    class Meta:
        exclude = ("starts_at",)

    starts_on = _date()
    ends_on = _date()
    weekdays = fields.List(
        fields.Integer(
            validate=validate.Range(0, 6, error=MONDAY_IS_0_SUNDAY_IS_6),
            error_messages={"invalid": MONDAY_IS_0_SUNDAY_IS_6},
        ),
        load_default=lambda: list(rules.EVERY_DAY),
        validate=validate.Length(1, 7, error=CHOOSE_AT_LEAST_ONE_DAY_OF),
    )
    earliest = fields.String(load_default="00:00", validate=_time_of_day, metadata={"example": "18:00"})
    latest = fields.String(load_default="24:00", validate=_time_of_day, metadata={"example": "22:00"})

    @post_load
    def whole(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        start, end = minute_of_day(data.pop("earliest")), minute_of_day(data.pop("latest"))
        if data["ends_on"] < data["starts_on"]:
            raise ValidationError(_("The last day must not come before the first."), "ends_on")
        if (data["ends_on"] - data["starts_on"]).days >= rules.LONGEST_DAYS:
            raise ValidationError(_("Wait for at most %(most)s days at once.", most=rules.LONGEST_DAYS), "ends_on")
        if start >= end:
            raise ValidationError(_("This must come after the earliest time."), "latest")
        return data | {"from_minute": start, "until_minute": end}


class WaitlistEntrySchema(Schema):
    """An entry of the waitlist. While `status` is offered, `booking_id` is held for you until `pay_by`."""

    id = fields.UUID()
    offering_id = fields.UUID()
    coach = fields.String(metadata={"description": "the coach's handle"})
    title = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    timezone = fields.String()
    weekdays = fields.List(fields.Integer())
    earliest = fields.String()
    latest = fields.String()
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    booking_id = fields.UUID(allow_none=True)
    pay_by = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime()

    @pre_dump
    def as_data(self, entry: WaitlistEntry, **_more: Any) -> dict[str, Any]:
        same = {name: getattr(entry, name) for name in self.fields if name in WaitlistEntry.__table__.columns}
        held = entry.booking if entry.status == rules.OFFERED else None
        return same | {
            "coach": entry.coach.handle,
            "title": entry.offering.title,
            "earliest": wall_clock(entry.from_minute),
            "latest": wall_clock(entry.until_minute),
            "booking_id": entry.booking_id if entry.status in {rules.OFFERED, rules.BOOKED} else None,
            "pay_by": held.hold_expires_at if held is not None else None,
        }


class WaitlistSchema(Schema):
    """Your entries of the waitlist."""

    items = fields.List(fields.Nested(WaitlistEntrySchema))
