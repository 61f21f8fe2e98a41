"""Time zones by what people call where they are: a city, a country."""

from dataclasses import dataclass
from unicodedata import combining, normalize

from babel import Locale
from babel.core import get_global

from marketplace import clock
from marketplace.languages import current, formats

MOST_FOUND, LONGEST = 12, 60


@dataclass(frozen=True)
class FoundZone:
    """An IANA zone, its city and its country in the reader's language."""

    zone: str
    city: str
    country: str


def search(text: str) -> list[FoundZone]:
    """The zones of which a city or a country begins so, in the reader's language or in English; cities first."""
    wanted = _plain(text[:LONGEST])
    if not wanted:
        return []
    found = []
    for zone in clock.zones():
        each = FoundZone(zone, formats.place(zone), _country(zone, current().babel))
        cities, countries = (each.city, zone.rsplit("/", 1)[-1]), (each.country, _country(zone, Locale("en")))
        rank = _rank(wanted, cities, countries)
        if rank is not None:
            found.append((rank, each.city, each))
    return [each for _rank_of, _city, each in sorted(found, key=lambda one: one[:2])[:MOST_FOUND]]


def _rank(wanted: str, cities: tuple[str, ...], countries: tuple[str, ...]) -> int | None:
    if any(_plain(city).startswith(wanted) for city in cities):
        return 0
    if any(_plain(country).startswith(wanted) for country in countries):
        return 1
    return 2 if any(wanted in _plain(name) for name in (*cities, *countries)) else None


def _country(zone: str, locale: Locale) -> str:
    code = get_global("zone_territories").get(zone, "")
    return str(locale.territories.get(code, "")) if code != "001" else ""


def _plain(text: str) -> str:
    """In small letters, without accents and with single blanks: 'São_Paulo' as 'sao paulo'."""
    bare = "".join(letter for letter in normalize("NFKD", text) if not combining(letter))
    return " ".join(bare.replace("_", " ").casefold().split())
