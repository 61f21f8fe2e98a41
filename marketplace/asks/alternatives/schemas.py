"""What comes in when somebody more available is looked for."""

from marshmallow import fields, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.coaches.kinds.rules import KINDS
from marketplace.languages import lazy_gettext as _l


class KindOfAskSchema(Trimmed):
    """For which kind of help; without one for the first that the coach gives."""

    kind = fields.String(
        load_default="",
        validate=validate.OneOf(["", *KINDS], error=_l("Choose a kind of help.")),
        metadata={"enum": ["", *KINDS]},
    )
