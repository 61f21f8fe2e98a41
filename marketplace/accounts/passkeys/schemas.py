"""What comes in about a passkey."""

from typing import Any

from marshmallow import fields, validate

from marketplace.accounts.passkeys.rules import LONGEST_NAME
from marketplace.accounts.schemas import Trimmed, one_line
from marketplace.languages import lazy_gettext as _l

A_NAME: Any = _l("Give it a name of up to %(most)s characters.", most=LONGEST_NAME)


class PasskeyNameSchema(Trimmed):
    """What a person calls a passkey, to tell it from the others."""

    name = fields.String(
        required=True,
        validate=[
            validate.Length(
                1,
                LONGEST_NAME,
                error=A_NAME,
            ),
            one_line,
        ],
    )
