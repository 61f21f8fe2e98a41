"""What comes in about how a session ended."""

from marshmallow import fields, validate

from marketplace.accounts.schemas import Trimmed
from marketplace.bookings import rules
from marketplace.coaches.schemas import saying
from marketplace.languages import lazy_gettext as _l


class CompleteSchema(Trimmed):
    """How a session ended."""

    outcome = fields.String(
        required=True,
        validate=validate.OneOf(rules.OUTCOMES, error=_l("Say took_place or mentee_no_show.")),
        error_messages=saying(_l("Say took_place or mentee_no_show.")),
    )
