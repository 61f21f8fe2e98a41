"""The organiser's link: no account, and nobody guesses it. Pure."""

import hashlib
import hmac
import uuid


def signature(invitation_id: uuid.UUID, *, key: str) -> str:
    """What stands behind the id in an organiser's link: 160 bits of a keyed digest."""
    return hmac.new(key.encode(), b"invitation:" + invitation_id.bytes, hashlib.sha256).hexdigest()[:40]


def is_right(given: str, invitation_id: uuid.UUID, *, key: str) -> bool:
    """Does the link belong to this invitation?"""
    return hmac.compare_digest(given.encode(), signature(invitation_id, key=key).encode())
