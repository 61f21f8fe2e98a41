"""Codes that confirm an address: six digits, a few tries, a quarter of an hour."""

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta

DIGITS = 6
TRIES = 5
GOOD_FOR = timedelta(minutes=15)
# What was typed is kept until then, for a new code to be asked for.
KEPT_FOR = timedelta(hours=24)


def new_code() -> str:
    """Six digits, each as likely as any other."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def digest(code: str, *, draft_id: uuid.UUID, key: str) -> str:
    """What is kept of a code: keyed, since a million codes are soon tried."""
    return hmac.new(key.encode(), f"{draft_id}:{code}".encode(), hashlib.sha256).hexdigest()


def is_right(code: str, *, expected: str, draft_id: uuid.UUID, key: str) -> bool:
    """Is it the code? Compared in a time that does not depend on where they differ."""
    return hmac.compare_digest(digest(code, draft_id=draft_id, key=key), expected)


def may_try(tries: int, *, code_expires_at: datetime, now: datetime) -> bool:
    """May a code still be tried?"""
    return tries < TRIES and now < code_expires_at
