"""Rules of calendars elsewhere: addresses, secrets, retries, states in words. Pure."""

import ipaddress
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from icalendar import Calendar

from marketplace.calendars.rules import faults
from marketplace.languages import formats, ngettext
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l

Interval = tuple[datetime, datetime]

ICS, CALDAV = "ics", "caldav"
KINDS = {ICS: _l("ICS address"), CALDAV: _l("CalDAV")}
MOST_CALENDARS = 10

READ_EVERY = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=6)
HORIZON = timedelta(days=400)
# An unchanged feed is expanded anew before what was expanded falls this far short of the horizon.
SLACK = timedelta(days=10)


class WrongAddress(ValueError):
    """An address that cannot be a calendar's; the message says why."""


class CalendarKeyMissing(Exception):
    """A calendar was encrypted with a key that is not among NOTES_KEYS any more; the message is for its coach."""


def address(text: str, *, plain_http: bool) -> str:
    """What was typed as an https address: webcal (and nothing else) is another word for it; raises WrongAddress."""
    scheme, separator, rest = text.strip().partition("://")
    scheme = {"webcal": "https", "webcals": "https"}.get(scheme.lower(), scheme.lower())
    if not separator or scheme not in ({"https", "http"} if plain_http else {"https"}):
        raise WrongAddress(_("Give an address that begins with https:// or webcal://."))
    typed = f"{scheme}://{rest}"
    try:
        parts = urlsplit(typed)
        complete = bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete or any(letter.isspace() for letter in typed):
        raise WrongAddress(_("This is not a complete address. Copy it once more."))
    return typed


def hint(url: str) -> str:
    """Enough of an address to recognise it, too little to read the calendar: 'p12.example.com/…ab3f'."""
    parts = urlsplit(url)
    place = parts.hostname or ""
    secret = url.split(parts.netloc, 1)[1]
    return f"{place}/…{secret[-4:]}" if len(secret) > 12 else f"{place}/…"


# RFC 6890 and the registries it names leave these to Python's is_global; the rest it misses or cannot see through.
_NAT64, _COMPATIBLE = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96")
# Older Pythons take most of the block for protocol assignments to be global; only two anycast addresses of it are.
_ASSIGNMENTS = ipaddress.IPv4Network("192.0.0.0/24")
_ANYCAST = (ipaddress.IPv4Address("192.0.0.9"), ipaddress.IPv4Address("192.0.0.10"))
_NEVER = [ipaddress.IPv6Network(net) for net in ("64:ff9b:1::/48", "2001::/32", "fec0::/10", "5f00::/16")]


def is_public(text: str) -> bool:
    """Is this IP address one of the public internet, also when seen through mappings of IPv4 into IPv6?"""
    found = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour
        if inside is None and (found in _NAT64 or found in _COMPATIBLE):
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
        if any(found in net for net in _NEVER):
            return False
    if found in _ASSIGNMENTS and found not in _ANYCAST:
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def wait_after(failures: int) -> timedelta:
    """How long to leave a calendar alone: a quarter of an hour, doubled by each failure in a row, up to six hours."""
    return min(READ_EVERY * 2 ** min(failures, 10), LONGEST_WAIT)


def window(now: datetime) -> Interval:
    """What to read: from the beginning of yesterday, so that twice a day reads the same, to the horizon."""
    start = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    return start, start + HORIZON


def sealed(secret: dict[str, str], keys: Sequence[bytes]) -> bytes:
    """Address and password as a Fernet token of the first key."""
    return MultiFernet([Fernet(key) for key in keys]).encrypt(json.dumps(secret).encode())


def opened(token: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """What was sealed by any of the keys; raises CalendarKeyMissing."""
    try:
        found: dict[str, str] = json.loads(MultiFernet([Fernet(key) for key in keys]).decrypt(token))
    except InvalidToken as error:
        raise CalendarKeyMissing(faults.kept(faults.KEY_MISSING)) from error
    return found


def personal(ics: str) -> tuple[str, datetime]:
    """A session as an entry of the coach's own calendar, and when it ends.

    RFC 4791 4.1 keeps METHOD out of stored objects; an organizer and attendees would make servers send invites of
    their own (RFC 6638).
    """
    calendar: Any = Calendar.from_ical(ics)
    calendar.pop("METHOD", None)
    ends = []
    for event in calendar.walk("VEVENT"):
        event.pop("ORGANIZER", None)
        event.pop("ATTENDEE", None)
        ends.append(event.end)
    return calendar.to_ical().decode(), max(ends)


WORKS, UNREAD, OVERDUE, BROKEN = "works", "unread", "overdue", "broken"


def standing(*, now: datetime, ok_at: datetime | None, error: str | None, write_error: str | None) -> str:
    """Whether a calendar works; it does only once it was read, and as long as it is read every so often."""
    if error or write_error:
        return BROKEN
    if ok_at is None:
        return UNREAD
    return WORKS if now - ok_at < LONGEST_WAIT else OVERDUE


def ago(then: datetime, now: datetime) -> str:
    """How long ago, roughly: 'just now', '3 minutes ago', 'yesterday', '4 days ago'."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes)
    if minutes < 24 * 60:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", minutes // 60)
    return _("yesterday") if minutes < 48 * 60 else _("%(days)s days ago", days=minutes // (24 * 60))


def state(
    *,
    now: datetime,
    ok_at: datetime | None,
    error: str | None,
    write_error: str | None,
    busy_times: int,
    doubt_count: int,
) -> str:
    """Where a calendar stands, in words for its coach."""
    sentences = []
    if error:
        sentences.append(_("Not readable: %(reason)s", reason=faults.said(error)))
        sentences.append(
            _("We keep the busy times read %(ago)s.", ago=ago(ok_at, now)) if ok_at else _("Nothing was read yet.")
        )
    elif ok_at is None:
        sentences.append(_("Waiting to be read for the first time."))
    elif not busy_times:
        sentences.append(_("Read %(ago)s: nothing busy.", ago=ago(ok_at, now)))
    else:
        sentences.append(
            ngettext(
                "Read %(ago)s: %(num)s busy time.", "Read %(ago)s: %(num)s busy times.", busy_times, ago=ago(ok_at, now)
            )
        )
    if doubt_count == 1:
        sentences.append(_("One line was not understood for certain; what counts instead is listed."))
    elif doubt_count:
        sentences.append(
            _(
                "%(count)s lines were not understood for certain; what counts instead is listed.",
                count=formats.number(doubt_count),
            )
        )
    if write_error:
        sentences.append(_("Sessions cannot be written there: %(reason)s", reason=faults.said(write_error)))
    return " ".join(sentences)
