"""Dates, times, numbers and amounts as the reader's locale writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from unicodedata import normalize

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_day_names
from babel.numbers import format_decimal, get_group_symbol

from marketplace.languages.preferences import ENGLISH, current

# English of those who say the day first: as short as it gets.
DAY_FIRST = {"MMMEd": "EEE d MMM", "yMMMEd": "EEE d MMM y"}


def day(value: date, *, year: bool = False) -> str:
    """A day with its weekday: 'Tue 24 Nov', 'Tue, Nov 24', 'Di., 24. Nov.', 'mar, 24 nov'."""
    locale, skeleton = current().babel, "yMMMEd" if year else "MMMEd"
    if locale.language == ENGLISH and _says_day_first(locale):
        return _plain(format_date(value, DAY_FIRST[skeleton], locale=locale))
    return _plain(format_skeleton(skeleton, value, locale=locale))


def short_day(value: date, *, year: bool = False) -> str:
    """A day without its weekday: '24 Nov', 'Nov 24', '24. Nov.'."""
    return _plain(format_skeleton("yMMMd" if year else "MMMd", value, locale=current().babel))


def long_day(value: date) -> str:
    """A day that can be read in ten years, without its weekday: '24 November 2026'."""
    return _plain(format_date(value, "long", locale=current().babel))


def month(value: date) -> str:
    """A month with its year: 'November 2026', 'noviembre de 2026'."""
    return _plain(format_skeleton("yMMMM", value, locale=current().babel))


def short_month(value: date) -> str:
    """A month without its year, as short as it gets: 'Nov', 'Nov.'."""
    return _plain(format_date(value, "LLL", locale=current().babel))


def weekday(number: int, *, width: str = "wide") -> str:
    """A day of the week, 0 is Monday: 'Tuesday', or 'Tue' where `width` is 'abbreviated'."""
    return str(get_day_names(width, context="stand-alone", locale=current().babel)[number])  # type: ignore[arg-type]


def weekdays() -> list[int]:
    """The days of a week in the reader's order, 0 is Monday."""
    first = current().week_begins
    return [(first + offset) % 7 for offset in range(7)]


def clock_time(value: datetime | time, *, zone_name: bool = False) -> str:
    """A time on the clock: '18:00', or '6:00 PM' where it counts to twelve; with 'CET' where an hour comes twice."""
    reader = current()
    shown = reader.babel.time_formats["short"].pattern
    has_twelve = "a" in shown
    pattern = shown if has_twelve == reader.twelve_hours else ("h:mm a" if reader.twelve_hours else "HH:mm")
    written = _plain(
        format_datetime(value.replace(tzinfo=None), pattern, locale=reader.babel)
        if isinstance(value, datetime)
        else format_time(value.replace(tzinfo=None), pattern, locale=reader.babel)
    )
    return f"{written} {value:%Z}" if zone_name else written


def minute_of_day(minute: int) -> str:
    """Minutes after midnight on the clock: '09:05', '9:05 AM', '24:00'; those of the next day as its clock has them."""
    if minute == 24 * 60 and not current().twelve_hours:
        return "24:00"
    return clock_time(time(minute // 60 % 24, minute % 60))


def file_size(size_bytes: int) -> str:
    """'340 kB', '2.1 MB', '2,1 MB'."""
    if size_bytes < 1_000_000:
        return f"{number(max(1, round(size_bytes / 1000)))} kB"
    return f"{number(Decimal(size_bytes) / 1_000_000, decimals=1)} MB"


def trimmed(value: Decimal) -> str:
    """A number with as many decimals as it has: 12.50 -> '12.5', '12,5'."""
    return _plain(format_decimal(value, locale=current().babel))


def number(value: Decimal | int, *, decimals: int = 0) -> str:
    """A number with its groups: 1234.5 -> '1,234.50', '1.234,50'."""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return _plain(format_decimal(value, format=pattern, locale=current().babel))


def place(zone: str) -> str:
    """The city of an IANA zone: 'America/New_York' -> 'New York', 'Nueva York'."""
    named = current().babel.time_zones.get(zone, {}).get("city")
    return str(named) if named else zone.rsplit("/", 1)[-1].replace("_", " ")


@dataclass(frozen=True)
class Country:
    """A country by its ISO 3166 code, which each reader calls by its name in their language."""

    code: str

    def __str__(self) -> str:
        return str(current().babel.territories.get(self.code, self.code))


def countries(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Codes with the names of their countries, by name, accents aside."""
    named = [(code, str(Country(code))) for code in codes]
    return sorted(named, key=lambda country: normalize("NFKD", country[1]).casefold())


def group_mark() -> str:
    """What stands between thousands: ',', '.' or a space."""
    return get_group_symbol(current().babel)


@cache
def _says_day_first(locale: Locale) -> bool:
    return format_skeleton("MMMd", date(2026, 11, 24), locale=locale).startswith("24")


def _plain(text: str) -> str:
    """Without the narrow spaces of the locale's data, which few fonts have and nobody types."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")
