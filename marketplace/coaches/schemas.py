"""What comes in and goes out about coaches and their offerings, for pages and API alike.

Shapes are checked here; what they may say is checked by the rules, inside the command.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from marketplace import config, currencies, money
from marketplace.accounts.schemas import Derived, Trimmed
from marketplace.coaches import rules
from marketplace.coaches.work_links.schemas import WorkLinks, WorkLinkSchema
from marketplace.errors import Invalid
from marketplace.files.schemas import PictureField
from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.schema_fields import TrueOrFalse

AN_AMOUNT_IS_NOT_NEGATIVE: Any = _l("An amount is not negative.")
CHOOSE_ONE_OF_CHOICES: Any = _l("Choose one of {choices}.")
KEEP_THIS_WITHIN_MAX_CHARACTERS: Any = _l("Keep this within {max} characters.")
CHOOSE_AMONG_CHOICES: Any = _l("Choose among {choices}.")
ASK_FOR_1_TO_100: Any = _l("Ask for 1 to 100.")
CHOOSE_ONE_OF_YOUR_SCHEDULES: Any = _l("Choose one of your schedules.")
CHOOSE_ONE_OF_THE_POLICIES_THAT: Any = _l("Choose one of the policies that are offered.")
SAY_WHY_THE_COACH_READS_THIS: Any = _l("Say why: the coach reads this.")

PLAIN_TEXT = _l("Write plain text.")


def saying(missing: str | LazyText, invalid: str | LazyText = PLAIN_TEXT) -> dict[str, Any]:
    """The sentences of a field: what to do where it is missing, and where it has the wrong shape."""
    return {"required": missing, "null": missing, "invalid": invalid}


LONGEST_CURSOR = 400
YEARS = 2000, 2200
BETWEEN_COMMAS: Any = _l("Write words with commas between them.")
FILL_IN = saying(_l("Fill this in."))


WHOLE_NUMBERS = {
    "days": _l("Write a whole number of days."),
    "days since Monday": _l("Write a whole number of days since Monday."),
    "hours": _l("Write a whole number of hours."),
    "minor units": _l("Write a whole number of minor units."),
    "minutes": _l("Write a whole number of minutes."),
    "percent": _l("Write a whole number of percent."),
    "sessions": _l("Write a whole number of sessions."),
    "uses": _l("Write a whole number of uses."),
}


def number_of(what: str) -> dict[str, Any]:
    """The sentences of a field that counts."""
    return saying(WHOLE_NUMBERS[what], WHOLE_NUMBERS[what])


class MoneySchema(Schema):
    """An amount in minor units with its currency: 120.00 USD is {"amount": 12000, "currency": "usd"}."""

    amount = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0, error=AN_AMOUNT_IS_NOT_NEGATIVE),
        error_messages=number_of("minor units"),
        metadata={"description": "minor units (ISO 4217)", "example": 12000},
    )
    currency = fields.String(
        required=True,
        validate=validate.OneOf(list(currencies.KNOWN), error=CHOOSE_ONE_OF_CHOICES),
        error_messages=saying(_l("Name the currency.")),
        metadata={"example": "usd"},
    )

    def load(self, data: Any, **options: Any) -> Any:
        """An amount is whole or not there, also among changes that leave the rest out."""
        return super().load(data, **options | {"partial": False})


def cents_in(currency: str, amount: Mapping[str, Any], *, field: str, said: str = "") -> int:
    """The minor units of a loaded `MoneySchema`; raises Invalid naming the field where the currency is another.

    `said` is the sentence that says in which it is; by default that of a session.
    """
    if amount["currency"] != currency:
        paid = _("This session is paid in %(currency)s.", currency=currency)
        raise Invalid(**{f"{field}.currency": said or paid})
    return int(amount["amount"])


class WordList(fields.List):
    """Words, as a list or as text with commas between them; blanks and repetitions go."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.String(error_messages=saying(BETWEEN_COMMAS, BETWEEN_COMMAS)), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        texts: list[Any] = super()._deserialize([value] if isinstance(value, str) else value, attr, data, **kwargs)
        return rules.unique(word.strip() for text in texts for word in text.replace("\n", ",").split(","))


class CoachProfileSchema(Trimmed):
    """A profile as its coach writes it. Send part of it to change that part."""

    handle = fields.String(
        required=True,
        error_messages=saying(_l("Choose a handle.")),
        metadata={"description": "the address of the rate card", "example": "ada"},
    )
    headline = fields.String(required=True, error_messages=saying(_l("Give a headline.")))
    about = fields.String(
        required=True, error_messages=saying(_l("Say who you are.")), metadata={"description": "CommonMark"}
    )
    topics = WordList(required=True, error_messages=saying(_l("Name at least one topic."), BETWEEN_COMMAS))
    languages = WordList(required=True, error_messages=saying(_l("Name at least one language."), BETWEEN_COMMAS))
    kinds = fields.List(
        fields.String(),
        required=True,
        error_messages=saying(_l("Choose at least one kind of help."), _l("Send a list.")),
    )
    timezone = fields.String(
        required=True, error_messages=saying(_l("Choose your time zone.")), metadata={"example": "Europe/Berlin"}
    )
    currency = fields.String(
        required=True, error_messages=saying(_l("Choose a currency.")), metadata={"example": "usd"}
    )
    licence = fields.String(load_default=None, allow_none=True, metadata={"description": "for therapists"})
    links = WorkLinks(load_default=list, metadata={"description": "to work elsewhere, at most five"})


class OfferingWriteSchema(Trimmed):
    """An offering as its coach writes it. Send part of it to change that part."""

    title = fields.String(required=True, error_messages=saying(_l("Give it a title.")))
    description = fields.String(load_default="")
    kind = fields.String(required=True, error_messages=saying(_l("Choose a kind of help.")))
    minutes = fields.Integer(required=True, error_messages=number_of("minutes"))
    price: fields.Field[Any] = fields.Nested(MoneySchema, required=True, error_messages=saying(_l("Give a price.")))
    by_approval = TrueOrFalse(load_default=False)
    preparation_minutes = fields.Integer(load_default=0, error_messages=number_of("minutes"))
    preparation_blocks = TrueOrFalse(load_default=False)
    intro = TrueOrFalse(load_default=False)
    buffer_before_minutes = fields.Integer(load_default=0, error_messages=number_of("minutes"))
    buffer_after_minutes = fields.Integer(load_default=0, error_messages=number_of("minutes"))
    notice_hours = fields.Integer(load_default=12, error_messages=number_of("hours"))
    horizon_days = fields.Integer(load_default=60, error_messages=number_of("days"))
    start_step_minutes = fields.Integer(load_default=15, error_messages=number_of("minutes"))
    max_per_day = fields.Integer(load_default=None, allow_none=True, error_messages=number_of("sessions"))
    max_per_week = fields.Integer(load_default=None, allow_none=True, error_messages=number_of("sessions"))
    max_minutes_per_week = fields.Integer(load_default=None, allow_none=True, error_messages=number_of("minutes"))
    longest_streak_minutes = fields.Integer(load_default=None, allow_none=True, error_messages=number_of("minutes"))
    schedule_id = fields.UUID(
        load_default=None, allow_none=True, error_messages={"invalid_uuid": CHOOSE_ONE_OF_YOUR_SCHEDULES}
    )
    policy_id = fields.UUID(
        load_default=None,
        allow_none=True,
        error_messages={"invalid_uuid": CHOOSE_ONE_OF_THE_POLICIES_THAT},
        metadata={"description": "see /policies; null is the house's"},
    )

    @post_load
    def to_command(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        price = data.pop("price", None)
        return data if price is None else data | {"price_cents": price["amount"], "currency": price["currency"]}


class OfferingFormSchema(OfferingWriteSchema):
    """The same from a page, where the price is typed in the coach's own currency, like '120.00'."""

    price = fields.String(required=True, error_messages=saying(_l("Give a price.")))

    def __init__(self, currency: str, **options: Any) -> None:
        super().__init__(**options)
        self._currency = currency

    @post_load
    def to_command(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        try:
            cents = money.parse(data.pop("price"), self._currency)
        except ValueError as error:
            raise ValidationError(_("Write an amount like 120.00."), "price") from error
        return data | {"price_cents": cents, "currency": self._currency}


class OfferingSchema(Schema):
    """An offering on a rate card."""

    id = fields.UUID()
    title = fields.String()
    description = fields.String()
    kind = fields.String(metadata={"enum": list(rules.KINDS)})
    minutes = fields.Integer()
    price = Derived(MoneySchema, lambda offering: {"amount": offering.price_cents, "currency": offering.currency})
    tax_on_top = fields.Function(
        lambda _: config.current().stripe_tax,
        metadata={"type": "boolean", "description": "tax is added where it is due; the page one pays on shows it"},
    )
    by_approval = fields.Boolean()
    preparation_minutes = fields.Integer(metadata={"description": "included in the price"})
    preparation_blocks = fields.Boolean(metadata={"description": "they are kept free before the session"})
    intro = fields.Boolean(metadata={"description": "its price is taken off the first full session within 14 days"})
    buffer_before_minutes = fields.Integer()
    buffer_after_minutes = fields.Integer()
    notice_hours = fields.Integer()
    horizon_days = fields.Integer()
    start_step_minutes = fields.Integer()
    max_per_day = fields.Integer(allow_none=True)
    max_per_week = fields.Integer(allow_none=True)
    max_minutes_per_week = fields.Integer(allow_none=True)
    longest_streak_minutes = fields.Integer(allow_none=True)
    schedule_id = fields.UUID(allow_none=True)
    policy_id = fields.UUID(allow_none=True, metadata={"description": "see /policies; null is the house's"})
    active = fields.Boolean()


class CoachSchema(Schema):
    """A coach as everybody may see."""

    id = fields.UUID()
    handle = fields.String()
    name = fields.String(attribute="user.name")
    headline = fields.String()
    about = fields.String(metadata={"description": "CommonMark; show about_html instead"})
    about_html = fields.Function(lambda coach: rules.about_html(coach.about), metadata={"type": "string"})
    topics = fields.List(fields.String())
    languages = fields.List(fields.String())
    kinds = fields.List(fields.String())
    timezone = fields.String()
    currency = fields.String()
    links = fields.List(fields.Nested(WorkLinkSchema))
    portrait = PictureField(lambda coach: coach.portrait_id)


class OwnCoachSchema(CoachSchema):
    """A coach as the coach and admins may see."""

    licence = fields.String(allow_none=True)
    status = fields.String(metadata={"enum": list(rules.STATES.states)})
    applied_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)
    decision_reason = fields.String(allow_none=True)


class RateCardSchema(Schema):
    """A coach and their offerings."""

    coach = fields.Nested(CoachSchema)
    offerings = fields.List(fields.Nested(OfferingSchema))


def in_our_time(day: date) -> None:
    """Refuse days and instants with which nothing can be reckoned."""
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ValidationError(_("Choose a year from %(first)s to %(last)s.", first=YEARS[0], last=YEARS[1]))


class VettingDecisionSchema(Trimmed):
    """Why an application or a rate card is refused; the coach reads it."""

    reason = fields.String(required=True, error_messages={"required": SAY_WHY_THE_COACH_READS_THIS})


class CoachSearchSchema(Trimmed):
    """Which coaches an admin looks for: in a state, with these words in their name, address or handle."""

    status = fields.String(load_default=rules.APPLIED)
    search = fields.String(
        load_default="", validate=validate.Length(max=120, error=_l("Search for 120 characters or fewer."))
    )


class VettingFilterSchema(Schema):
    """Which coaches an admin wants to see."""

    status = fields.String(validate=validate.OneOf(list(rules.STATES.states), error=CHOOSE_ONE_OF_CHOICES))


class VettingListSchema(Schema):
    """Coaches in any state, for admins."""

    items = fields.List(fields.Nested(OwnCoachSchema))
