"""Feeds: one address that answers with a calendar."""

from marketplace import config
from marketplace.calendars.fetching.guarded_session import Reading, Unreadable, guarded, refused


def read_feed(url: str, *, etag: str | None = None, last_modified: str | None = None) -> Reading:
    """The calendar at `url`; without text if it is the one that had `etag` or `last_modified`. Raises Unreadable."""
    asked = {"Accept": "text/calendar, */*;q=0.5", "If-None-Match": etag, "If-Modified-Since": last_modified}
    with guarded(config.current().calendar_timeout_seconds) as session:
        answer = session.get(url, headers={name: value for name, value in asked.items() if value})
        if answer.status_code == 304 and (etag or last_modified):
            return Reading(None, etag, last_modified)
        if answer.status_code != 200:
            raise Unreadable(refused(answer.status_code, signed_in=False))
        return Reading(answer.content, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
