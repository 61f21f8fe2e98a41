"""Until when a request is answered, and its money taken. Pure: `now` is passed in."""

from datetime import datetime, timedelta

# An authorisation may lapse a little before its time; we decide well before.
CAPTURE_MARGIN = timedelta(hours=12)
# A bank may refuse a capture for a while, and who approves at the last minute has approved in time. Less than the
# margin, so that it is over before the authorisation is.
CAPTURE_PATIENCE = timedelta(hours=1)


def decide_by(now: datetime, *, starts_at: datetime, request_hours: int, capture_before: datetime | None) -> datetime:
    """Until when a coach may answer a request: before it lapses, the session starts or the card's promise ends."""
    limits = [now + timedelta(hours=request_hours), starts_at]
    if capture_before is not None:
        limits.append(capture_before - CAPTURE_MARGIN)
    return min(limits)
