"""What comes in about a passkey."""

from marshmallow import fields, validate

from marketplace.accounts.passkeys.rules import LONGEST_NAME
from marketplace.accounts.schemas import Trimmed, one_line


class PasskeyNameSchema(Trimmed):
    """What a person calls a passkey, to tell it from the others."""

    name = fields.String(
        required=True,
        validate=[
            validate.Length(1, LONGEST_NAME, error=f"Give it a name of up to {LONGEST_NAME} characters."),
            one_line,
        ],
    )
