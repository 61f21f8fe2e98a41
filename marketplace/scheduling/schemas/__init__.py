"""What comes in and goes out about hours and free times, for the pages and the API alike."""

from marketplace.scheduling.schemas.hours import (
    AwayListSchema,
    AwayQuerySchema,
    AwaySchema,
    DateSchema,
    DatesPageSchema,
    DatesQuerySchema,
    DatesSchema,
    HolidaysSchema,
    LimitsSchema,
    NewAwaySchema,
    NewScheduleSchema,
    ScheduleListSchema,
    ScheduleSchema,
    WeekSchema,
)
from marketplace.scheduling.schemas.search import FoundListSchema, SearchSchema, SlotsQuerySchema, SlotsSchema

__all__ = [
    "AwayListSchema",
    "AwayQuerySchema",
    "AwaySchema",
    "DateSchema",
    "DatesPageSchema",
    "DatesQuerySchema",
    "DatesSchema",
    "FoundListSchema",
    "HolidaysSchema",
    "LimitsSchema",
    "NewAwaySchema",
    "NewScheduleSchema",
    "ScheduleListSchema",
    "ScheduleSchema",
    "SearchSchema",
    "SlotsQuerySchema",
    "SlotsSchema",
    "WeekSchema",
]
