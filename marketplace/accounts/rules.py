"""Who may do what, what a token looks like, and when a repeated request may run again."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

SCOPES = {
    "read": "See what you can see",
    "write": "Change your profile, hours, bookings and notes",
    "money": "Pay, cancel with a refund, connect a bank",
    "admin": "Do what an admin does",
}
ROLES = ("coach", "admin")

# Which reminders a person wants before a session: a day, an hour, both or none.
REMINDERS = ("both", "day", "hour", "none")
# From which side a person's sessions are looked at.
SIDES = ("mentee", "coach")

TOKEN_PREFIX = "fh_"  # noqa: S105  makes a leaked token findable
TOKEN_BYTES = 30
USE_NOTED_EVERY = timedelta(minutes=1)

# A process that has not answered within a minute has died: the server gives up on requests long before.
ABANDONED_AFTER = timedelta(minutes=1)
REMEMBERED_FOR = timedelta(hours=24)


def new_token() -> str:
    """A fresh secret: `fh_` and 40 URL-safe characters, 240 bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def new_feed_token() -> str:
    """A fresh secret for the address of a calendar: 40 URL-safe characters, 240 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def may_have_feed(side: str, is_coach: bool) -> bool:
    """Everybody books; only a coach is booked."""
    return side == "mentee" or is_coach


def digest(token: str) -> str:
    """What is kept of a token. It is random enough that a fast hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def hint(token: str) -> str:
    """Enough of a token to recognise it by, far too little to use."""
    return f"{token[:7]}…{token[-2:]}"


def is_live(expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> bool:
    """May a token with these dates still be used?"""
    return revoked_at is None and (expires_at is None or now < expires_at)


def may_hand_on(held: Collection[str] | None, wanted: Collection[str]) -> bool:
    """May a holder of these scopes (None: signed in on a page) make a token with those?"""
    return held is None or set(wanted) <= set(held)


def may_grant_roles(actor_is_admin: bool | None) -> bool:
    """May this actor give roles? None is the operator at the command line."""
    return actor_is_admin is None or actor_is_admin


def fingerprint(method: str, address: str, body: bytes) -> str:
    """What makes two requests the same: method, path with query, and every byte of the body."""
    return hashlib.sha256(b"\n".join((method.encode(), address.encode(), body))).hexdigest()


def is_abandoned(created_at: datetime, now: datetime) -> bool:
    """Has the process that began this request surely died?"""
    return now - created_at > ABANDONED_AFTER
