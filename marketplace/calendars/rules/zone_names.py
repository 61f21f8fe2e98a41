"""Zones by the names that programs give them: IANA's, Microsoft's, offsets. Pure."""

import re
from collections.abc import Mapping
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from marketplace.calendars.rules.moments import fixed

OFFSET = re.compile(r"\(?\s*(?:(?:GMT|UTC|Z)\s*)?([+-])\s*(\d{1,2})(?:[:.]?(\d\d))?\s*\)?", re.IGNORECASE)
SHOWN_OFFSET = re.compile(r"\((?:GMT|UTC)\s*(?:([+-])\s*(\d{1,2})[:.](\d\d))?\)\s*(.*)", re.IGNORECASE)
# No zone has a name that is half as long.
LONGEST = 200
# What Windows, Exchange and Outlook show where others write a name; and abbreviations that mean one place to most.
SHOWN = {
    "Europe/Berlin": ("amsterdam, berlin, bern, rome, stockholm, vienna", "cest", "central european time"),
    "Europe/Paris": ("brussels, copenhagen, madrid, paris", "romance"),
    "Europe/Budapest": ("belgrade, bratislava, budapest, ljubljana, prague",),
    "Europe/Warsaw": ("sarajevo, skopje, warsaw, zagreb",),
    "Europe/London": (
        "dublin, edinburgh, lisbon, london",
        "bst",
        "greenwich mean time : dublin, edinburgh, lisbon, london",
    ),
    "Europe/Athens": ("athens, bucharest", "athens, bucharest, istanbul", "eest", "eastern european time"),
    "Europe/Kiev": ("helsinki, kyiv, riga, sofia, tallinn, vilnius",),
    "Europe/Moscow": ("moscow, st. petersburg, volgograd", "moscow, st. petersburg", "msk"),
    "America/New_York": ("eastern time (us & canada)", "eastern time", "est", "edt"),
    "America/Chicago": ("central time (us & canada)", "central time", "cst", "cdt"),
    "America/Denver": ("mountain time (us & canada)", "mountain time", "mdt"),
    "America/Phoenix": ("arizona",),
    "America/Los_Angeles": ("pacific time (us & canada)", "pacific time", "pst", "pdt"),
    "America/Sao_Paulo": ("brasilia",),
    "Asia/Kolkata": ("chennai, kolkata, mumbai, new delhi",),
    "Asia/Shanghai": ("beijing, chongqing, hong kong, urumqi",),
    "Asia/Tokyo": ("osaka, sapporo, tokyo", "jst"),
    "Asia/Singapore": ("kuala lumpur, singapore",),
    "Australia/Sydney": ("canberra, melbourne, sydney", "aest", "aedt"),
    "UTC": ("coordinated universal time", "utc", "z", "zulu", "gmt", "tzone://microsoft/utc", "greenwich mean time"),
}


@lru_cache(maxsize=1)
def _known() -> Mapping[str, str]:
    """Every name that has one zone, in small letters."""
    names = {shown: zone for zone, all_shown in SHOWN.items() for shown in all_shown}
    names |= {name.lower(): zone for name, zone in get_global("windows_zone_mapping").items()}
    iana = {zone.lower(): zone for zone in available_timezones()}
    # Those that hear of Eastern Time want its summers, which IANA's EST has not.
    return iana | names


def _cleaned(name: str) -> str:
    return name[:LONGEST].replace("\\", "").strip().strip("\"'").strip()


@lru_cache(maxsize=512)
def named_zone(name: str) -> ZoneInfo | None:
    """The zone of a name that says all: of IANA, of Windows, or with a maker's path before it."""
    cleaned = _cleaned(name)
    tail = cleaned.strip("/").split("/")
    for wanted in [cleaned, *("/".join(tail[-parts:]) for parts in (3, 2, 1) if len(tail) > parts)]:
        if zone := _known().get(wanted.lower().replace(" / ", "/")):
            return ZoneInfo(zone)
    return None


@lru_cache(maxsize=512)
def zone_by_offset(name: str) -> tzinfo | None:
    """The zone of what says an offset, as 'GMT-5' or '(UTC+01:00) Amsterdam, Berlin'; a place in it says more."""
    cleaned = _cleaned(name)
    if found := SHOWN_OFFSET.fullmatch(cleaned):
        sign, hours, minutes, place = found.groups()
        by_place = named_zone(place) if place else None
        return by_place or fixed(f"{sign or '+'}{int(hours or 0):02}{minutes or '00'}")
    if found := OFFSET.fullmatch(cleaned):
        sign, hours, minutes = found.groups()
        return fixed(f"{sign}{int(hours):02}{minutes or '00'}")
    return None
