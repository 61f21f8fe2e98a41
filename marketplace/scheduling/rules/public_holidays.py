"""Public holidays by country and region, as the `holidays` package knows them."""

from datetime import date
from functools import lru_cache

import holidays

_SUPPORTED = holidays.list_supported_countries(include_aliases=False)

# ISO 3166 code of a country -> the codes of its regions that keep days of their own, maybe none.
COUNTRIES: dict[str, tuple[str, ...]] = {code: tuple(regions) for code, regions in sorted(_SUPPORTED.items())}


@lru_cache(maxsize=4096)
def _of_year(country: str, region: str | None, year: int) -> tuple[tuple[date, str], ...]:
    found = holidays.country_holidays(country, subdiv=region, years=year, language="en_US")
    return tuple(sorted((day, name) for day, name in found.items() if day.year == year))


def holidays_between(country: str | None, region: str | None, first: date, last: date) -> dict[date, str]:
    """Each public holiday from `first` to `last` with its name; none where no country is named."""
    if country is None:
        return {}
    years = range(first.year, last.year + 1)
    return {day: name for year in years for day, name in _of_year(country, region, year) if first <= day <= last}
