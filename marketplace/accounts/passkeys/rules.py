"""How many passkeys a person has, and when a second factor may go. Pure."""

from datetime import timedelta

MOST = 20
LONGEST_NAME = 60
CHALLENGE_GOOD_FOR = timedelta(minutes=5)


def may_lose_factor(*, left: int, admin: bool, enforced: bool) -> bool:
    """Whether one authenticator or passkey may be removed when `left` others remain."""
    return left > 0 or not (admin and enforced)
