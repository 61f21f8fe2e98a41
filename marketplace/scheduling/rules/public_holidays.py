"""Public holidays by country and region, as the `holidays` package knows them."""

from datetime import date
from functools import lru_cache

import holidays

_SUPPORTED = holidays.list_supported_countries(include_aliases=False)

# ISO 3166 code of a country -> the codes of its regions that keep days of their own, maybe none.
COUNTRIES: dict[str, tuple[str, ...]] = {code: tuple(regions) for code, regions in sorted(_SUPPORTED.items())}


@lru_cache(maxsize=4096)
def _of_year(country: str, region: str | None, year: int, language: str) -> tuple[tuple[date, str], ...]:
    named = _language_for(country, language)
    found = holidays.country_holidays(country, subdiv=region, years=year, language=named)
    return tuple(sorted((day, name) for day, name in found.items() if day.year == year))


@lru_cache(maxsize=1024)
def _language_for(country: str, language: str) -> str | None:
    """The package's name of a language in which it has this country's days; else of English; else the country's own."""
    known = holidays.country_holidays(country).supported_languages
    wanted = (each for tag in (language, "en") for each in known if each.partition("_")[0] == tag)
    return next(wanted, None)


def holidays_between(
    country: str | None, region: str | None, first: date, last: date, language: str = "en"
) -> dict[date, str]:
    """Each public holiday from `first` to `last` with its name; none where no country is named.

    In `language` where the days of that country are known in it.
    """
    if country is None:
        return {}
    years = range(first.year, last.year + 1)
    named = (found for year in years for found in _of_year(country, region, year, language))
    return {day: name for day, name in named if first <= day <= last}
