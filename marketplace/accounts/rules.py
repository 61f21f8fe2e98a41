"""Who may do what, calendar addresses, and when a repeated request may run again."""

import hashlib
import secrets
from datetime import datetime, timedelta

ROLES = ("coach", "admin")

# Which reminders a person wants before a session: a day, an hour, both or none.
REMINDERS = ("both", "day", "hour", "none")
# From which side a person's sessions are looked at.
SIDES = ("mentee", "coach")

TOKEN_BYTES = 30

# A process that has not answered within a minute has died: the server gives up on requests long before.
ABANDONED_AFTER = timedelta(minutes=1)
REMEMBERED_FOR = timedelta(hours=24)


def new_feed_token() -> str:
    """A fresh secret for the address of a calendar: 40 URL-safe characters, 240 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(secret: str) -> str:
    """What is kept of a secret. It is random enough that a fast hash cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


def may_have_feed(side: str, is_coach: bool) -> bool:
    """Everybody books; only a coach is booked."""
    return side == "mentee" or is_coach


def may_grant_roles(actor_is_admin: bool | None) -> bool:
    """May this actor give roles? None is the operator at the command line."""
    return actor_is_admin is None or actor_is_admin


def fingerprint(method: str, address: str, body: bytes) -> str:
    """What makes two requests the same: method, path with query, and every byte of the body."""
    return hashlib.sha256(b"\n".join((method.encode(), address.encode(), body))).hexdigest()


def is_abandoned(created_at: datetime, now: datetime) -> bool:
    """Has the process that began this request surely died?"""
    return now - created_at > ABANDONED_AFTER
