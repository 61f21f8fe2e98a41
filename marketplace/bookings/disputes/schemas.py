"""What comes in about a dispute."""

from marshmallow import fields, validate

from marketplace.accounts.schemas import plain_text
from marketplace.bookings.disputes.rules import LONGEST_EVIDENCE
from marketplace.bookings.schemas import Written
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l


def _edited(what: str) -> fields.String:
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=[
            validate.Length(max=LONGEST_EVIDENCE, error=_("Stripe takes {max} characters at most.")),
            plain_text,
        ],
        metadata={"description": f"{what}; what we know of it where it is left out"},
    )


class EvidenceSchema(Written):
    """What an admin adds to the evidence in their own words, and what of it they say otherwise than we would."""

    statement = fields.String(
        load_default="",
        validate=[validate.Length(max=5000, error=_l("Say it in {max} characters or fewer.")), plain_text],
    )
    product_description = _edited(_l("What was bought"))
    refund_policy_disclosure = _edited("Where the terms of refunds were shown")
    cancellation_policy_disclosure = _edited("Where the terms of cancelling were shown")
    uncategorized_text = _edited(_l("Everything else"))
