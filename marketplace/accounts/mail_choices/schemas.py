"""The mails that a person wants, as they come in and go out at the pages and the API."""

from typing import Any

from marshmallow import Schema, fields, post_dump, validate

from marketplace.accounts.mail_choices.service import mail_choices
from marketplace.languages import lazy_gettext as _l
from marketplace.notifications.choices.models import DECLINABLE


class MailChoicesSchema(Schema):
    """Which kinds of mail are not wanted."""

    declined = fields.List(
        fields.String(validate=validate.OneOf(DECLINABLE, error="Choose from: {choices}.")),
        required=True,
        error_messages={"required": _l("Name the kinds of mail that you do not want.")},
        metadata={"description": "The kinds that are not sent; what is not named is sent"},
    )

    @post_dump(pass_original=True)
    def of_person(self, _: Any, person: Any, **__: Any) -> dict[str, Any]:
        off = [choice.kind.name for choice in mail_choices(person) if not choice.on]
        return {"declined": sorted(name for name in off if name in DECLINABLE)}


class MailKindSchema(Schema):
    """A kind of mail, and whether you are sent it."""

    name = fields.String(attribute="kind.name", metadata={"example": "notes"})
    title = fields.String(attribute="kind.title")
    on = fields.Boolean()
    may_be_declined = fields.Boolean(attribute="kind.is_optional")
    why = fields.String(attribute="kind.why", metadata={"description": "Why it cannot be switched off; else empty"})
