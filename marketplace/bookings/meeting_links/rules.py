"""Where a session meets, and from when until when that is shown. Pure."""

from datetime import datetime, timedelta

# The meeting link is shown a little early, and stays for sessions that run over.
MEETING_SHOWN_BEFORE = timedelta(minutes=10)


MEETING_SHOWN_AFTER = timedelta(hours=1)


def meeting_url(own: str | None, server: str, room: str) -> str:
    """The coach's own link, or else the session's own room on the meeting server."""
    return own or f"{server.rstrip('/')}/{room}"


def meeting_shown(*, starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """From when until when the meeting link is shown on the page of a session."""
    return starts_at - MEETING_SHOWN_BEFORE, ends_at + MEETING_SHOWN_AFTER
