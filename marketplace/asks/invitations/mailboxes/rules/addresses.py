"""The secret address of a coach for invitations, and how many mails it takes. Pure."""

import base64
import hashlib
import hmac
import uuid
from datetime import timedelta

PREFIX = "invite-"
# Forwarded mails that were not used are shown so long, and so many of them.
KEPT_FOR, MOST_KEPT = timedelta(days=30), 50
# So many mails a day tell a coach what became of what they forwarded: a loop ends by this, whatever else fails.
MOST_ANSWERS, ANSWERS_WITHIN = 10, timedelta(days=1)
RATE_WITHIN = timedelta(hours=1)


def local_part(coach_id: uuid.UUID, *, generation: int, key: str) -> str:
    """What stands before the @: 160 bits of a keyed digest, which nobody guesses and we can show again."""
    made = hmac.new(key.encode(), f"mail-in:{coach_id}:{generation}".encode(), hashlib.sha256).digest()[:20]
    return PREFIX + base64.b32encode(made).decode().lower()


def digest(local: str) -> str:
    """What is kept of an address, in whatever case it was typed. A fast hash of so much chance cannot be searched."""
    return hashlib.sha256(local.strip().lower().encode()).hexdigest()
