"""Schemas of a coach's hours: weeks, schedules, date overrides, time off, holidays, limits."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.coaches.schemas import number_of, saying
from marketplace.languages import lazy_gettext as _l
from marketplace.scheduling.rules import hours as hours_rules
from marketplace.scheduling.service.time_off import MOST_ABSENCES
from marketplace.scheduling.service.weekly_hours import MOST_OVERRIDES

CHOOSE_CLOSED_HOURS_OR_EXTRA: Any = _l("Choose closed, hours or extra.")
SAY_IT_OR_NULL_FOR_NONE: Any = _l("Say it, or null for none.")
SAY_TRUE_OR_FALSE: Any = _l("Say true or false.")

OR_NULL: dict[str, Any] = {"required": SAY_IT_OR_NULL_FOR_NONE}
WHICH_DATE = saying(_l("Write a date."), _l("Write a date like 2027-03-02."))


class HoursSchema(Schema):
    """Open on one weekday, Monday being 0, in the coach's local time; '24:00' is the end of the day."""

    weekday = fields.Integer(required=True, strict=True, validate=validate.Range(0, 6))
    start = fields.String(required=True, metadata={"example": "09:00"})
    end = fields.String(required=True, metadata={"example": "17:00"})


class WeekSchema(Schema):
    """A coach's whole week."""

    hours = fields.List(fields.Nested(HoursSchema), required=True)
    timezone = fields.String(dump_only=True)


class NewScheduleSchema(Trimmed):
    """A new schedule, or its new name."""

    name = fields.String(required=True, error_messages=saying(_l("Give it a name.")), metadata={"example": "Evenings"})


class ScheduleSchema(Schema):
    """A set of hours. Offerings that name none follow the usual one."""

    id = fields.UUID()
    name = fields.String()
    usual = fields.Boolean(attribute="is_usual")


class ScheduleListSchema(Schema):
    """A coach's schedules, the usual one first."""

    items = fields.List(fields.Nested(ScheduleSchema))


class DateOverrideSchema(Trimmed):
    """What is different on one date: closed, other hours instead of the week's, or open besides (`extra`)."""

    date = fields.Date(required=True, error_messages=WHICH_DATE)
    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(hours_rules.OVERRIDE_KINDS), error=CHOOSE_CLOSED_HOURS_OR_EXTRA),
        error_messages=saying(_l("Choose closed, hours or extra.")),
    )
    start = fields.String(load_default="", allow_none=True, metadata={"example": "10:00"})
    end = fields.String(load_default="", allow_none=True, metadata={"example": "12:00"})


class DateOverridesSchema(Schema):
    """All date overrides of a schedule from today on."""

    overrides = fields.List(fields.Nested(DateOverrideSchema), required=True)


class _PagesSchema(Trimmed):
    past = fields.Boolean(load_default=False, error_messages={"invalid": SAY_TRUE_OR_FALSE})
    after = fields.String(load_default=None, allow_none=True, metadata={"description": "the cursor of the page before"})


def _within(most: int) -> Any:
    return _l("Ask for 1 to %(most)s.", most=most)


def _at_most(most: int) -> fields.Integer:
    return fields.Integer(load_default=most, validate=validate.Range(1, most, error=_within(most)))


class DateOverridesQuerySchema(_PagesSchema):
    """Which of them: those from today on, or those past; by default as many as there can be from today on."""

    limit = _at_most(MOST_OVERRIDES)


class DateOverridesPageSchema(DateOverridesSchema):
    """A page of them, the nearest first; `next_cursor` goes into `after`, null ends it."""

    next_cursor = fields.String(allow_none=True)


class NewTimeOffSchema(Trimmed):
    """Time off from one local date to another, both whole. The note is for the coach alone."""

    starts_on = fields.Date(required=True, error_messages=WHICH_DATE)
    ends_on = fields.Date(required=True, error_messages=WHICH_DATE)
    note = fields.String(load_default="")


class TimeOffSchema(NewTimeOffSchema):
    """Time off of a coach."""

    id = fields.UUID()


class TimeOffQuerySchema(_PagesSchema):
    """Which of them: those that are not over, or those past; by default as many as there can be that are not over."""

    limit = _at_most(MOST_ABSENCES)


class TimeOffListSchema(Schema):
    """A page of them, the nearest first; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(TimeOffSchema))
    next_cursor = fields.String(allow_none=True)


class HolidaysSchema(Trimmed):
    """On whose public holidays a coach is closed: of a country (ISO 3166), of a region too, or none."""

    country = fields.String(required=True, allow_none=True, error_messages=OR_NULL, metadata={"example": "DE"})
    region = fields.String(required=True, allow_none=True, error_messages=OR_NULL, metadata={"example": "BE"})


def _limit(what: str) -> fields.Integer:
    return fields.Integer(required=True, allow_none=True, error_messages=number_of(what) | OR_NULL)


class LimitsSchema(Schema):
    """How much a coach does at most over all offerings; null is no limit."""

    max_per_day = _limit("sessions")
    max_per_week = _limit("sessions")
    max_minutes_per_week = _limit("minutes")
    longest_streak_minutes = _limit("minutes")
