"""What comes in and goes out about hours and free times, for the pages and the API alike."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, post_load, validate

from marketplace import clock
from marketplace.accounts.schemas import known_zone

LONGEST_WINDOW = timedelta(days=62)
USUAL_WINDOW = timedelta(days=14)


class HoursSchema(Schema):
    """Open on one weekday, Monday being 0, in the coach's local time; '24:00' is the end of the day."""

    weekday = fields.Integer(required=True, strict=True, validate=validate.Range(0, 6))
    start = fields.String(required=True, metadata={"example": "09:00"})
    end = fields.String(required=True, metadata={"example": "17:00"})


class WeekSchema(Schema):
    """A coach's whole week."""

    hours = fields.List(fields.Nested(HoursSchema), required=True)
    timezone = fields.String(dump_only=True)


class SlotsQuerySchema(Schema):
    """Which free times: [start, end), ISO 8601 with an offset, two weeks from now unless said, told in `zone`."""

    start = fields.AwareDateTime()
    end = fields.AwareDateTime()
    zone = fields.String(load_default="UTC", validate=known_zone)

    @post_load
    def whole(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        start = data.get("start") or clock.now()
        end = data.get("end") or start + USUAL_WINDOW
        if end <= start:
            raise ValidationError("The end must come after the start.", "end")
        if end - start > LONGEST_WINDOW:
            raise ValidationError(f"Ask for at most {LONGEST_WINDOW.days} days.", "end")
        return {"start": start, "end": end, "zone": ZoneInfo(data["zone"])}


class SlotsSchema(Schema):
    """Free times of an offering: starts with their offset in the zone asked for."""

    zone = fields.String()
    minutes = fields.Integer()
    starts_at = fields.List(fields.AwareDateTime())
