"""Identifiers that look like Stripe's: a prefix for the kind, then random characters."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """`new_id("pi")` -> `pi_` and 24 random letters and digits."""
    return prefix + "_" + "".join(secrets.choice(ALPHABET) for _ in range(length))
