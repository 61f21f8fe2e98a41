"""Whether an admin acts as one: a request lays the powers down until it shows enough.

A page's session shows a second factor for them, an API token a scope of its own. Jobs and the command line hold them.
"""

import uuid
from contextvars import ContextVar, Token

from marketplace.errors import NotAllowed

_held: ContextVar[bool] = ContextVar("admin_powers_held", default=True)


class OwnCase(NotAllowed):
    """This is about yourself: another admin decides."""


def check_impartial(admin_id: uuid.UUID, *parties: uuid.UUID) -> None:
    """Raise OwnCase where an admin is one of those about whom they decide."""
    if admin_id in parties:
        raise OwnCase


def use(held: bool) -> Token[bool]:
    """Hold the powers, or lay them down, until `leave`."""
    return _held.set(held)


def leave(token: Token[bool]) -> None:
    """Go back to what held before `use` gave this token."""
    _held.reset(token)


def held() -> bool:
    """Whether an admin who asks here acts as one."""
    return _held.get()
