"""What stands behind the question mark of an address."""

import uuid

from flask import request

from marketplace.errors import NotFound


def id_argument(name: str) -> uuid.UUID | None:
    """The id of that name, None without one; NotFound for what is no id."""
    typed = request.args.get(name, "")
    try:
        return uuid.UUID(typed) if typed else None
    except ValueError as error:
        raise NotFound from error
