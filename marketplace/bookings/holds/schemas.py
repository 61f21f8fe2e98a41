"""What comes in to hold a time."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from marketplace import text
from marketplace.accounts.schemas import plain_text
from marketplace.bookings.schemas import TimeSchema, Written
from marketplace.coaches.licences.rules import JURISDICTIONS
from marketplace.coaches.schemas import saying
from marketplace.languages import lazy_gettext as _l

SHORTEST_BRIEF, LONGEST_BRIEF = 20, 2000

SAY_WHAT: Any = _l(
    "Say in %(least)s to %(most)s characters what it is about, so that the hour is well spent.",
    least=SHORTEST_BRIEF,
    most=LONGEST_BRIEF,
)
BY_ID: Any = _l("Name the offering by its id.")
BY_VERSION: Any = _l("Name the version of the policy by its id.")


def _says_enough(words: str) -> None:
    """Refuse a brief that shows too few characters; invisible ones and runs of blanks say nothing."""
    if text.seen_length(words) < SHORTEST_BRIEF:
        raise ValidationError(str(SAY_WHAT))


def brief_text() -> fields.String:
    """The field of what a session is to be about."""
    return fields.String(
        required=True,
        validate=[validate.Length(max=LONGEST_BRIEF, error=SAY_WHAT), _says_enough, plain_text],
        error_messages=saying(_l("Say what it is about.")),
        metadata={"description": "what it is about; the coach reads it beforehand"},
    )


class WantedTimeSchema(Written, TimeSchema):
    """A time of an offering, and what the session is to be about."""

    offering_id = fields.UUID(required=True, error_messages=saying(BY_ID) | {"invalid_uuid": BY_ID})
    brief = brief_text()


class HoldSchema(WantedTimeSchema):
    """The same, to hold it now."""

    client_place = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(["", *sorted(JURISDICTIONS)], error=_l("Choose a place from the list.")),
        metadata={"description": "for therapy: where you will be during the session, as ISO 3166: DE, US-CA"},
    )

    policy_version = fields.UUID(
        load_default=None,
        allow_none=True,
        error_messages={"invalid_uuid": BY_VERSION},
        metadata={"description": "the `version_id` of the terms that were shown; under other terms nothing is held"},
    )
