"""Where a session meets, and from when until when that is shown. Pure."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from marketplace.languages import gettext as _

# The meeting link is shown a little early, and stays for sessions that run over.
MEETING_SHOWN_BEFORE = timedelta(minutes=10)
MEETING_SHOWN_AFTER = timedelta(hours=1)
# Since August 2023 a room there opens once somebody has signed in as its moderator (jitsi.org, "Authentication on
# meet.jit.si"); a Jitsi server of one's own asks nobody unless it is told to.
WAITS_FOR_MODERATOR = frozenset({"meet.jit.si"})


def meeting_url(own: str | None, server: str, room: str) -> str:
    """The coach's own link, or else the session's own room on the meeting server."""
    return own or f"{server.rstrip('/')}/{room}"


def how_it_opens(url: str, *, coach: str | None) -> str:
    """What has to be done before anybody meets there; empty where the room opens by itself.

    To the coach, who does it, unless `coach` names them to the mentee, who waits for it.
    """
    host = urlsplit(url).hostname or ""
    if host not in WAITS_FOR_MODERATOR:
        return ""
    if coach is not None:
        return _("The room opens once %(name)s has joined; until then you wait in it.", name=coach)
    return _(
        "The room opens once you have signed in at %(host)s as its moderator, with a Google, Facebook or GitHub "
        "account: join some minutes early, your mentee waits until you do. "
        "A link of your own opens as you have set it up.",
        host=host,
    )


def meeting_shown(*, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """From when until when the meeting link is shown on the page of a session."""
    return starts_at - MEETING_SHOWN_BEFORE, ends_at + MEETING_SHOWN_AFTER
