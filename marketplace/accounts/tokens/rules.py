"""What a token may do, what it may make and end, and how long it lives. Pure."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from marketplace.languages import lazy_gettext as _l

SCOPES = {
    "read": _l("See what you can see"),
    "write": _l("Change your profile, hours, bookings and notes"),
    "money": _l("Pay, and cancel with a refund"),
    "payouts": "Change where you are paid, and ask for payouts",
    "tokens": _l("Make and end access tokens, and end sessions"),
    "admin:read": _l("See what an admin sees"),
    "admin": "Do what an admin does from day to day",
    "admin:critical": _l("Do what asks an admin for the password: refunds, decisions, payouts, policies, coaches"),
}
ADMIN_SCOPES = frozenset({"admin:read", "admin", "admin:critical"})

PREFIX = "fh_"  # makes a leaked token findable
SECRET_BYTES = 30
USE_NOTED_EVERY = timedelta(minutes=1)
USUAL_DAYS, LONGEST_DAYS = 90, 365


def new_token() -> str:
    """A fresh secret: `fh_` and 40 URL-safe characters, 240 bits."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def hint(token: str) -> str:
    """Enough of a token to recognise it by, far too little to use."""
    return f"{token[:7]}…{token[-2:]}"


def is_live(expires_at: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    """May a token with these dates still be used?"""
    return revoked_at is None and now < expires_at


def may_hand_on(held: Collection[str] | None, wanted: Collection[str]) -> bool:
    """May a holder of these scopes (None: signed in on a page) make a token with those?"""
    return held is None or set(wanted) <= set(held)


def may_have(scopes: Collection[str], is_admin: bool) -> bool:
    """Nobody makes a token for what an admin does before they are one."""
    return is_admin or not ADMIN_SCOPES & set(scopes)


def acts_as_admin(needed: str | None, held: Collection[str], *, reads: bool) -> bool:
    """Whether a request with a token of these scopes is an admin's, if its owner is one.

    `needed` is the scope that the address asks for. Elsewhere an admin's token shows and does what its owner could
    show and do without being an admin, unless it has the scope for more.
    """
    return needed in ADMIN_SCOPES or ("admin:read" if reads else "admin") in held


def lives_until(wanted: datetime | None, maker: datetime | None, now: datetime) -> datetime:
    """When a new token ends: as wanted, by default in 90 days, within a year, and not after the token that makes it."""
    ends = [now + timedelta(days=LONGEST_DAYS), wanted or now + timedelta(days=USUAL_DAYS)]
    return min(ends if maker is None else [*ends, maker])
