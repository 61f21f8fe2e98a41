"""What comes in and goes out about people and their tokens, for the pages and the API alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate

from marketplace import clock, languages, text
from marketplace.accounts import rules
from marketplace.accounts.tokens import rules as token_rules
from marketplace.languages import LANGUAGES
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.languages.preferences import HOUR_CYCLES

A_LANGUAGE: Any = _l("Choose a language from the list.")
A_CLOCK: Any = _l("Choose one of the clocks.")
A_WEEKDAY: Any = _l("Choose a day of the week.")


def plain_text(words: str) -> None:
    """Refuse what no text may have; line breaks and tabs it may."""
    if sentence := text.fault(words):
        raise ValidationError(str(sentence))


def one_line(words: str) -> None:
    """The same, and refuse line breaks and tabs too."""
    plain_text(words)
    if not text.is_one_line(words):
        raise ValidationError(str(text.ON_ONE_LINE))


def no_link(text: str) -> None:
    """Refuse what mail programs make a link of: names stand in mails to others."""
    if "://" in text or "www." in text.casefold():
        raise ValidationError(_("Write your name without a web address."))


def known_zone(name: str) -> None:
    """Refuse what is not the name of an IANA time zone."""
    if name not in clock.zones():
        raise ValidationError("Choose a time zone from the list, like Europe/Berlin.")


class Trimmed(Schema):
    """A schema that takes the blanks off both ends of every text."""

    @pre_load
    def trim(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


class Derived(fields.Nested):
    """What `schema` tells of the value that `of` finds out from the whole object; only ever answered."""

    def __init__(self, schema: Any, of: Callable[[Any], Any], **options: Any) -> None:
        super().__init__(schema, dump_only=True, **options)
        self._of = of

    def get_value(self, obj: Any, *_: Any, **__: Any) -> Any:
        """The value that is told, whatever the attribute is called."""
        return self._of(obj)


class ProfileSchema(Trimmed):
    """What people may change about themselves."""

    name = fields.String(
        required=True,
        validate=[validate.Length(min=1, max=80, error=_l("Give a name of 1 to 80 characters.")), one_line, no_link],
        error_messages={"required": _l("Tell us your name.")},
    )
    timezone = fields.String(
        required=True,
        validate=known_zone,
        error_messages={"required": _l("Choose your time zone.")},
        metadata={"description": "IANA name", "example": "Europe/Berlin"},
    )


class RemindersSchema(Trimmed):
    """Which reminders come before a session."""

    reminders = fields.String(
        required=True,
        validate=validate.OneOf(rules.REMINDERS, error=_l("Choose both, day, hour or none.")),
        error_messages={"required": _l("Choose both, day, hour or none.")},
        metadata={"description": "a day before, an hour before, both or none"},
    )


class PreferencesSchema(Trimmed):
    """How somebody reads: language and country, the clock, the first day of a week."""

    locale = fields.String(
        required=True,
        validate=validate.OneOf(("", *LANGUAGES, *languages.locales()), error=A_LANGUAGE),
        error_messages={"required": A_LANGUAGE},
        metadata={
            "description": "BCP 47, a language of the site with or without a country; empty: as the browser says",
            "example": "de-AT",
        },
    )
    hour_cycle = fields.String(
        required=True,
        validate=validate.OneOf(("", *HOUR_CYCLES), error=A_CLOCK),
        metadata={"description": "h12 (6:00 PM), h23 (18:00), empty: as the locale has it"},
    )
    first_weekday = fields.Integer(
        required=True,
        allow_none=True,
        validate=validate.Range(0, 6, error=A_WEEKDAY),
        metadata={"description": "0 is Monday, 6 Sunday; null: as the locale has it"},
    )


class NewFeedSchema(Trimmed):
    """A request for the address of one's sessions as a calendar."""

    side = fields.String(
        required=True,
        validate=validate.OneOf(rules.SIDES, error=_l("Choose mentee or coach.")),
        error_messages={"required": _l("Choose mentee or coach.")},
    )


class FeedSchema(Schema):
    """The address of one's sessions as a calendar, as its owner sees it; never its text."""

    id = fields.UUID()
    side = fields.String(metadata={"description": "mentee or coach"})
    created_at = fields.AwareDateTime()


class CreatedFeedSchema(FeedSchema):
    """A new address, for the only time."""

    url = fields.String()


class MeSchema(Schema):
    """The person who asks."""

    id = fields.UUID()
    email = fields.String()
    name = fields.String()
    timezone = fields.String()
    reminders = fields.String(metadata={"description": "both, day, hour or none"})
    locale = fields.String(metadata={"description": "BCP 47; empty: as the browser says", "example": "de-AT"})
    hour_cycle = fields.String(metadata={"description": "h12, h23, or empty: as the locale has it"})
    first_weekday = fields.Integer(
        allow_none=True, metadata={"description": "0 is Monday, 6 Sunday; null: as the locale has it"}
    )
    roles = fields.Function(
        lambda person: sorted(role.name for role in person.roles),
        metadata={"type": "array", "items": {"type": "string"}},
    )
    created_at = fields.AwareDateTime()


class NewTokenSchema(Trimmed):
    """A request for an access token. `lasts_days` becomes `expires_at`."""

    name = fields.String(
        required=True,
        validate=[validate.Length(min=1, max=60, error=_l("Give it a name of 1 to 60 characters.")), one_line],
        error_messages={"required": _l("Give the token a name you will know it by.")},
    )
    scopes = fields.List(
        fields.String(validate=validate.OneOf(list(token_rules.SCOPES), error="Choose from: {choices}.")),
        required=True,
        validate=validate.Length(min=1, error=_l("Choose at least one thing the token may do.")),
        error_messages={"required": _l("Choose at least one thing the token may do.")},
    )
    lasts_days = fields.Integer(
        load_default=token_rules.USUAL_DAYS,
        validate=validate.Range(1, token_rules.LONGEST_DAYS, error=_l("Choose between 1 and 365 days.")),
        error_messages={"invalid": _l("Give a whole number of days."), "null": _l("Give a whole number of days.")},
    )

    @post_load
    def to_command(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"expires_at": clock.now() + timedelta(days=data.pop("lasts_days"))}


class TokenSchema(Schema):
    """An access token as its owner sees it; never its text."""

    id = fields.UUID()
    name = fields.String()
    hint = fields.String()
    scopes = fields.List(fields.String())
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    last_used_at = fields.AwareDateTime(allow_none=True)


class CreatedTokenSchema(TokenSchema):
    """A new access token, with its text for the only time."""

    token = fields.String()
