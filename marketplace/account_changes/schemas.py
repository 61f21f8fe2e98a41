"""What comes in and goes out about changes of accounts, for the pages and the API alike."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.account_changes import rules
from marketplace.account_changes.queries import people
from marketplace.accounts.schemas import Trimmed
from marketplace.coaches.schemas import in_our_time
from marketplace.languages import lazy_gettext

# marshmallow makes text of it when it says it.
_l: Any = lazy_gettext

SEARCH_ERROR: Any = _l("Search for 120 characters or fewer.")
CHOICE_ERROR: Any = _l("Choose one of the list.")
A_DATE: Any = {"invalid": _l("Write a date.")}


class NewAccountChangeSchema(Trimmed):
    """A change of an account, and why."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(rules.KINDS), error=_l("Choose one of {choices}.")),
        error_messages={"required": _l("Choose what is to change.")},
    )
    reason = fields.String(
        required=True,
        validate=validate.Length(1, rules.LONGEST_REASON, error=_l("Say why, in {min} to {max} characters.")),
        error_messages={"required": _l("Say why: it stays on record.")},
    )


class PeopleFilterSchema(Trimmed):
    """Whom an admin looks for."""

    email = fields.String(
        load_default="",
        validate=validate.Length(max=254, error=_l("An address has at most {max} characters.")),
        metadata={"description": "The whole address; without it admins and deactivated people are listed"},
    )


class AdminPersonSchema(Schema):
    """A person, as an admin sees them."""

    id = fields.UUID()
    name = fields.String()
    email = fields.String()
    roles = fields.Function(
        lambda person: sorted(role.name for role in person.roles),
        metadata={"type": "array", "items": {"type": "string"}},
    )
    active = fields.Boolean()
    confirmed_at = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime()


class PeopleSchema(Schema):
    """People."""

    items = fields.List(fields.Nested(AdminPersonSchema))


class AccountChangeSchema(Schema):
    """A change of an account: made, withdrawn, or waiting for a second admin."""

    id = fields.UUID()
    user_id = fields.UUID()
    kind = fields.String(metadata={"description": ", ".join(rules.KINDS)})
    reason = fields.String()
    proposed_by = fields.UUID(allow_none=True, metadata={"description": "null: the operator at the command line"})
    proposed_at = fields.AwareDateTime()
    confirmed_by = fields.UUID(allow_none=True)
    made_at = fields.AwareDateTime(allow_none=True, metadata={"description": "null: it waits, or was withdrawn"})
    withdrawn_at = fields.AwareDateTime(allow_none=True)


class AccountChangesSchema(Schema):
    """Changes of accounts."""

    items = fields.List(fields.Nested(AccountChangeSchema))


class PeopleSearchSchema(Trimmed):
    """Whom an admin looks for: words, state, role, and the days of joining (UTC)."""

    search = fields.String(load_default="", validate=validate.Length(max=120, error=SEARCH_ERROR))
    state = fields.String(load_default="", validate=validate.OneOf(("", *people.STATES), error=CHOICE_ERROR))
    role = fields.String(load_default="", validate=validate.OneOf(("", *people.ROLES), error=CHOICE_ERROR))
    joined_from = fields.Date(load_default=None, validate=in_our_time, error_messages=A_DATE)
    joined_to = fields.Date(load_default=None, validate=in_our_time, error_messages=A_DATE)
