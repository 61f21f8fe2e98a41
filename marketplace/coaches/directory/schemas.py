"""What comes in and goes out about the directory, for pages and API alike."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from marketplace import currencies
from marketplace.accounts.schemas import Derived, Trimmed
from marketplace.coaches import rules
from marketplace.coaches.kinds.rules import KINDS, unsold
from marketplace.coaches.schemas import (
    AN_AMOUNT_IS_NOT_NEGATIVE,
    CHOOSE_AMONG_CHOICES,
    CHOOSE_ONE_OF_CHOICES,
    KEEP_THIS_WITHIN_MAX_CHARACTERS,
    LONGEST_CURSOR,
    MoneySchema,
    number_of,
    saying,
)
from marketplace.files.schemas import PictureField
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l

ASK_FOR_1_TO_100: Any = _l("Ask for 1 to 100.")


class ListingSchema(Schema):
    """A coach in the directory, with their lowest price."""

    handle = fields.String(attribute="coach.handle")
    name = fields.String(attribute="coach.name")
    headline = fields.String(attribute="coach.headline")
    topics = fields.List(fields.String(), attribute="coach.topics")
    languages = fields.List(fields.String(), attribute="coach.languages")
    kinds = fields.List(fields.String(), attribute="coach.kinds")
    timezone = fields.String(attribute="coach.timezone")
    portrait = PictureField(lambda listing: listing.coach.portrait_id)
    price_from = Derived(
        MoneySchema, lambda listing: {"amount": listing.from_cents, "currency": listing.coach.currency}
    )


class DirectorySchema(Schema):
    """A page of the directory; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(ListingSchema))
    next_cursor = fields.String(allow_none=True)


def within(characters: int) -> validate.Length:
    """Refuses text that is longer."""
    return validate.Length(max=characters, error=KEEP_THIS_WITHIN_MAX_CHARACTERS)


def is_sold(kind: str) -> None:
    """Refuse, with the reason, a kind of help that is not sold."""
    if reason := unsold(kind):
        raise ValidationError(str(reason))


def few_words(text: str) -> None:
    """Refuse more words than a search looks for."""
    if len(text.split()) > rules.MOST_SEARCHED_WORDS:
        raise ValidationError(_("Search for at most %(most)s words.", most=rules.MOST_SEARCHED_WORDS))


class DirectoryFilterSchema(Trimmed):
    """What a mentee looks for. `max_price` is in minor units and needs its `currency`."""

    kind = fields.String(validate=[is_sold, validate.OneOf(["", *KINDS], error=CHOOSE_AMONG_CHOICES)])
    topic = fields.String(validate=within(rules.LONGEST_TOPIC))
    language = fields.String(validate=within(rules.LONGEST_TOPIC))
    text = fields.String(validate=[within(rules.LONGEST_SEARCH), few_words])
    currency = fields.String(validate=validate.OneOf(["", *currencies.KNOWN], error=CHOOSE_ONE_OF_CHOICES))
    max_price_cents = fields.Integer(
        data_key="max_price",
        validate=validate.Range(min=0, error=AN_AMOUNT_IS_NOT_NEGATIVE),
        error_messages=number_of("minor units"),
    )
    after = fields.String(validate=within(LONGEST_CURSOR))
    limit = fields.Integer(
        load_default=20,
        validate=validate.Range(1, 100, error=ASK_FOR_1_TO_100),
        error_messages=saying(_l("Ask for 1 to 100."), _l("Ask for 1 to 100.")),
    )

    @post_load
    def to_command(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        if "max_price_cents" in data and not data.get("currency"):
            raise ValidationError(_("Name the currency of the highest price."), "currency")
        return data
