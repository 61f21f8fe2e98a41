"""Which second factors somebody has: an authenticator, or passkeys."""

from marketplace import config
from marketplace.accounts.models import User
from marketplace.accounts.passkeys import queries


def has_authenticator(person: User) -> bool:
    """Whether somebody has set up an authenticator."""
    return bool(person.tf_primary_method and person.tf_totp_secret)


def asks_for_passkey(person: User) -> bool:
    """Whether a passkey is asked for after the password, where there is no authenticator."""
    wanted, admin = person.passkey_after_password, person.has_role("admin")
    return (wanted or admin) and queries.has_passkey(person.id)


def has_factor(person: User) -> bool:
    """Whether a password alone does not sign somebody in."""
    return has_authenticator(person) or asks_for_passkey(person)


def are_enforced() -> bool:
    """Whether admins need a second factor here (`ADMIN_SECOND_FACTOR`)."""
    return config.current().admin_second_factor == "required"
