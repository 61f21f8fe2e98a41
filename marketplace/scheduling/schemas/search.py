"""Schemas of free times: those of one offering, and a search among all coaches."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, post_load, validate

from marketplace import clock
from marketplace.accounts.schemas import Derived, known_zone
from marketplace.coaches.directory.schemas import DirectoryFilterSchema, ListingSchema
from marketplace.coaches.schemas import (
    MoneySchema,
    in_our_time,
    number_of,
    saying,
)
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.rules import hours as hours_rules
from marketplace.scheduling.rules import openings as opening_rules
from marketplace.scheduling.rules import windows as window_rules

MONDAY_IS_0_SUNDAY_6: Any = _l("Monday is 0, Sunday 6.")
SESSIONS_LAST_10_TO_480_MINUTES: Any = _l("Sessions last 10 to 480 minutes.")

LONGEST_WINDOW = timedelta(days=62)
USUAL_WINDOW = timedelta(days=14)


class SlotsQuerySchema(Schema):
    """Which free times: [start, end), ISO 8601 with an offset, two weeks from now unless said, told in `zone`."""

    start = fields.AwareDateTime(validate=in_our_time)
    end = fields.AwareDateTime(validate=in_our_time)
    zone = fields.String(load_default="UTC", validate=known_zone)

    @post_load
    def whole(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        start = data.get("start") or clock.now()
        end = data.get("end") or start + USUAL_WINDOW
        if end <= start:
            raise ValidationError(_("The end must come after the start."), "end")
        if end - start > LONGEST_WINDOW:
            raise ValidationError(_("Ask for at most %(most)s days.", most=LONGEST_WINDOW.days), "end")
        return {"start": start, "end": end, "zone": ZoneInfo(data["zone"])}


class SlotsSchema(Schema):
    """Free times of an offering: starts with their offset in the zone asked for."""

    zone = fields.String()
    minutes = fields.Integer()
    starts_at = fields.List(fields.AwareDateTime())


CRITERIA = ("kind", "topic", "language", "text", "currency", "max_price_cents", "minutes")
A_DATE = saying(_l("Write a date."), _l("Write a date like 2027-03-02."))
MOST_WEEKDAYS = 20
ON_CLOCK: Any = _l("Write a time like 18:00.")


def on_the_clock(text: str) -> None:
    """Refuse what no clock shows; 24:00 is the end of a day."""
    try:
        hours_rules.minute_of_day(text)
    except ValueError as error:
        raise ValidationError(str(ON_CLOCK)) from error


class Weekdays(fields.List):
    """Days of the week, Monday being 0, as a list or as '0,1,4'."""

    def __init__(self, **options: Any) -> None:
        day = fields.Integer(
            validate=validate.Range(0, 6, error=MONDAY_IS_0_SUNDAY_6),
            error_messages=number_of("days since Monday"),
        )
        super().__init__(day, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        given = [value] if isinstance(value, str) else value
        texts = [text for one in given for text in str(one).split(",") if text.strip()] if given else []
        if len(texts) > MOST_WEEKDAYS:
            raise ValidationError(_("Name each day once."))
        return sorted(set(super()._deserialize(texts, attr, data, **kwargs)))


class SearchSchema(DirectoryFilterSchema):
    """Whom to look for, and when they must have time: between two days, and two times of the day of `zone`.

    Left out: any length, from today on, 62 days, all day, every weekday. An end before the start is on the next day.
    """

    minutes = fields.Integer(
        validate=validate.Range(10, 480, error=SESSIONS_LAST_10_TO_480_MINUTES),
        error_messages=number_of("minutes"),
    )
    first = fields.Date(validate=in_our_time, error_messages=A_DATE)
    last = fields.Date(validate=in_our_time, error_messages=A_DATE)
    start = fields.String(validate=on_the_clock, metadata={"example": "18:00"})
    end = fields.String(validate=on_the_clock, metadata={"example": "22:00"})
    weekdays = Weekdays(metadata={"example": "0,1,2,3,4"})
    zone = fields.String(load_default="UTC", validate=known_zone)

    @post_load
    def to_command(self, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The arguments of `queries.search`."""
        data = super().to_command(data, **more)
        criteria = SearchCriteria(**{name: data[name] for name in CRITERIA if data.get(name) not in {None, ""}})
        paging = {"after": data.get("after") or None, "limit": data["limit"]}
        return {"criteria": criteria, "windows": self._windows(data), **paging}

    def _windows(self, data: dict[str, Any]) -> list[opening_rules.Interval] | None:
        if not data.keys() & {"first", "last", "start", "end", "weekdays"}:
            return None
        zone = data["zone"]
        today = clock.now().astimezone(ZoneInfo(zone)).date()
        first = max(data.get("first") or today, today)
        last = data.get("last") or first + LONGEST_WINDOW - timedelta(days=1)
        if last < first:
            raise ValidationError(_("The last day must not come before the first, nor before today."), "last")
        if last - first >= LONGEST_WINDOW:
            raise ValidationError(_("Look through at most %(most)s days.", most=LONGEST_WINDOW.days), "last")
        weekdays = data.get("weekdays")
        start, end = (
            hours_rules.minute_of_day(data.get(name) or usual) for name, usual in (("start", "00:00"), ("end", "24:00"))
        )
        return window_rules.windows(
            zone,
            first,
            last,
            start_minute=start % hours_rules.DAY_MINUTES,
            end_minute=end,
            weekdays=weekdays or range(7),
        )


class SearchResultSchema(ListingSchema):
    """A coach who has time, the soonest time, and what can be booked then."""

    class Meta:
        exclude = ("price_from",)

    starts_at = fields.AwareDateTime()
    offering_id = fields.UUID(attribute="offering.id")
    title = fields.String(attribute="offering.title")
    kind = fields.String(attribute="offering.kind")
    minutes = fields.Integer(attribute="offering.minutes")
    price = Derived(
        MoneySchema, lambda found: {"amount": found.offering.price_cents, "currency": found.offering.currency}
    )


class SearchResultsSchema(Schema):
    """A page of coaches who have time, soonest first; `next_cursor` goes into `after`, null ends it.

    Where many are free and few can be booked a page may hold fewer than were asked for, or nobody.
    """

    items = fields.List(fields.Nested(SearchResultSchema))
    next_cursor = fields.String(allow_none=True)
