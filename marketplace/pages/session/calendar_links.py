"""Addresses at which calendars on the web offer to keep a session. Pure."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from marketplace.bookings.invites.service import session_url
from marketplace.bookings.models import Booking
from marketplace.languages import gettext as _

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


def google(booking: Booking, other: str) -> str:
    """Google Calendar, with the session filled in; it names our page, never the meeting link."""
    dates = "/".join(_basic(at) for at in (booking.starts_at, booking.ends_at))
    told = {"action": "TEMPLATE", "text": _title(booking, other), "dates": dates, "details": session_url(booking)}
    return f"{GOOGLE}?{urlencode(told)}"


def outlook(booking: Booking, other: str) -> str:
    """The same for Outlook on the web."""
    told = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": _title(booking, other),
        "startdt": booking.starts_at.astimezone(UTC).isoformat(),
        "enddt": booking.ends_at.astimezone(UTC).isoformat(),
        "body": session_url(booking),
    }
    return f"{OUTLOOK}?{urlencode(told)}"


def _title(booking: Booking, other: str) -> str:
    return _("%(title)s with %(name)s", title=booking.title, name=other)


def _basic(at: datetime) -> str:
    """RFC 5545 3.3.5, in UTC."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
