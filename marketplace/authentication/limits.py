"""How often signing in may be tried: from one place, for one address, from one device."""

from collections.abc import Callable
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, request, session

from marketplace.accounts.addresses.rules import countable
from marketplace.authentication.devices import known_device
from marketplace.error_answers import TOO_OFTEN
from marketplace.http import viewer
from marketplace.languages import lazy_gettext as _l
from marketplace.request_limits import limiter

# Whoever rents one IPv6 address is given 2 to the 64 of them.
ONE_SITE = 64

WAY_IN = _l(
    "Too many passwords were tried for this address. If it is yours, sign in with a passkey, or choose a new password "
    "by the link that we mail you from /reset: that lets you in at once. Otherwise wait an hour."
)


def place() -> str:
    """Where a request comes from: an address, of IPv6 the network of one site."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "place:unknown"
    if isinstance(address, IPv6Address):
        return f"place:{int(address) >> (128 - ONE_SITE):x}"
    return f"place:{address}"


def address_typed() -> str:
    """The address that a form is about: the viewer's own, or the one that was typed, in its one spelling."""
    person = viewer()
    return f"address:{countable(person.email if person else request.form.get('email', ''))}"


def new_address() -> str:
    """The address that somebody who is signed in wants."""
    return f"address:{countable(request.form.get('email', ''))}"


def person_here() -> str:
    """Who is signed in, wherever."""
    person = viewer()
    return f"person:{person.id}" if person else place()


def half_signed_in() -> str:
    """Whose code is tried: the password before has said."""
    return f"half signed in:{session.get('tf_user_id', '')}"


def guesses_here() -> str:
    """An address and the device or place from which its password is tried."""
    address = countable(request.form.get("email", ""))
    device = known_device(address)
    return f"guess:{address}:{device or place()}"


def guesses_anywhere() -> str:
    """An address whose password is tried from whatever place; a device of its owner is counted by itself."""
    address = countable(request.form.get("email", ""))
    return f"guess:{address}:{known_device(address) or 'anywhere'}"


# By endpoint: how many posts, counted by what, and what is said to those beyond.
LIMITS: dict[str, tuple[tuple[str, Callable[[], str], str], ...]] = {
    "login": (
        ("30 per minute", place, TOO_OFTEN),
        ("20 per 15 minutes", guesses_here, WAY_IN),
        ("100 per hour", guesses_anywhere, WAY_IN),
    ),
    "register": (("20 per hour", place, TOO_OFTEN), ("5 per hour", address_typed, TOO_OFTEN)),
    "forgot_password": (("20 per hour", place, TOO_OFTEN), ("5 per hour", address_typed, TOO_OFTEN)),
    "send_confirmation": (("20 per hour", place, TOO_OFTEN), ("5 per hour", address_typed, TOO_OFTEN)),
    "change_email": (
        ("20 per hour", place, TOO_OFTEN),
        ("5 per hour", person_here, TOO_OFTEN),
        ("5 per hour", new_address, TOO_OFTEN),
    ),
    "two_factor_token_validation": (("10 per 15 minutes", half_signed_in, TOO_OFTEN),),
    "two_factor_setup_validate": (("10 per 15 minutes", person_here, TOO_OFTEN),),
    "mf_recovery": (("10 per 15 minutes", half_signed_in, TOO_OFTEN),),
    "change_password": (("20 per 15 minutes", person_here, WAY_IN),),
    "reset_password": (("30 per hour", place, TOO_OFTEN),),
}


def register_limits(app: Flask) -> None:
    """Limit Flask-Security's addresses, or what has taken their place."""
    for endpoint, limits in LIMITS.items():
        name = f"security.{endpoint}"
        app.view_functions[name] = _limited(app.view_functions[name], limits)


@cache
def _limited(view: Any, limits: tuple[tuple[str, Callable[[], str], str], ...]) -> Any:
    for allowed, key, words in limits:
        view = limiter.limit(allowed, methods=["POST"], key_func=key, error_message=words)(view)
    return view
