"""What comes in and goes out about who pays a quote."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate

from marketplace.accounts.addresses.rules import normalized
from marketplace.accounts.schemas import plain_text
from marketplace.asks.payers import queries, rules
from marketplace.asks.payers.models import QuotePayer
from marketplace.asks.payers.queries import PayerPage
from marketplace.asks.quotes import rules as quote_rules
from marketplace.bookings.schemas import BookedCoachSchema, Written
from marketplace.coaches.schemas import MoneySchema
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.payments.billing_parties.rules import LONGEST_REFERENCE, Named
from marketplace.payments.billing_parties.schemas import address_lines, line, name_line, tax_id_line
from marketplace.schema_fields import TrueOrFalse

REFERENCE: dict[str, Any] = {"description": "an order number of theirs", "example": "PO-7781"}
WITHOUT_TIME: dict[str, Any] = {
    "description": "buy the session though no time can be held: whoever asked chooses one within 60 days, or all is "
    "refunded to you"
}
RECEIPTS: dict[str, Any] = {"description": "where receipts and credit notes go, too"}


def reference_line(**options: Any) -> fields.String:
    """What they call it in their own books."""
    said = _l("Keep the reference within 80 characters.")
    return line(LONGEST_REFERENCE, said, metadata=REFERENCE, **options)


class _PartySchema(Written):
    """What says who pays."""

    name = name_line(required=True)
    address = address_lines(required=True)
    tax_id = tax_id_line(required=True)
    reference = reference_line(required=True)
    email = fields.String(required=True, metadata=RECEIPTS)

    def checked(self, data: dict[str, Any]) -> Named:
        """Who pays, with an address that can be mailed, and nothing missing; raises ValidationError."""
        try:
            email = normalized(data["email"]) if data["email"] else ""
        except ValueError as error:
            raise ValidationError(_("This is no e-mail address."), "email") from error
        missing = {name: self.missing(name) for name in self.needed(data) if not data[name]}
        if missing:
            raise ValidationError({name: [said] for name, said in missing.items()})
        return Named(**data | {"email": email})

    def needed(self, data: dict[str, Any]) -> tuple[str, ...]:
        """What may not be empty: a name where anything else is said."""
        return ("name",) if any(data.values()) else ()

    def missing(self, name: str) -> str:
        """What is said then."""
        if name == "email":
            return _("Say where the receipt goes.")
        return _("Say whom the invoice names.")


class NamedSchema(_PartySchema):
    """Who pays, as invoice and receipt name them. Without a name it is the account of whoever asked."""

    @post_load
    def named(self, data: dict[str, Any], **_options: Any) -> Named:
        return self.checked(data)


class PayingSchema(_PartySchema):
    """The same of somebody who pays by the link: with a name, and an address for the receipt."""

    address = address_lines(load_default="")
    tax_id = tax_id_line(load_default="")
    reference = reference_line(load_default="")
    without_time = TrueOrFalse(load_default=False, metadata=WITHOUT_TIME)

    @post_load
    def paying(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        without_time = data.pop("without_time")
        return {"named": self.checked(data), "without_time": without_time}

    def needed(self, data: dict[str, Any]) -> tuple[str, ...]:
        """What may not be empty."""
        return ("name", "email")


class PurposeSchema(Written):
    """What whoever pays reads of what it is for: all that you release."""

    purpose = fields.String(
        required=True,
        validate=[
            validate.Length(
                min=1, max=rules.LONGEST_PURPOSE, error=_l("Write 1 to 300 characters, for whoever pays to read.")
            ),
            plain_text,
        ],
        error_messages={"required": _l("Say what it is for: whoever pays reads it.")},
        metadata={"example": "Training: leading a team"},
    )


class QuotePayerSchema(Schema):
    """Who pays a quote, for its asker alone. `url` is the payer's link; null where the asker pays."""

    name = fields.String()
    address = fields.String()
    tax_id = fields.String()
    reference = fields.String(metadata=REFERENCE)
    email = fields.String()
    purpose = fields.String()
    pays = fields.String(metadata={"enum": ["asker", "link"]})
    url = fields.String(allow_none=True)

    @pre_dump
    def told(self, payer: QuotePayer, **_options: Any) -> dict[str, Any]:
        same = {name: getattr(payer, name) for name in ("name", "address", "tax_id", "reference", "email", "purpose")}
        return same | {"pays": "link" if payer.has_link else "asker", "url": queries.url_of(payer)}


class PayerPageSchema(Schema):
    """What the holder of a payer's link sees: nothing of what was asked but the purpose.

    `standing` says whether it can be paid: `open`, and why not otherwise. `starts_at` is null while no time is chosen.
    `without_time`: what is paid for is a session whose time is chosen within 60 days; where it `needs_time`, it can be
    paid so all the same.
    """

    coach = fields.Nested(BookedCoachSchema)
    asker = fields.String(metadata={"description": "their name"})
    purpose = fields.String()
    price = fields.Nested(MoneySchema)
    minutes = fields.Integer()
    form = fields.String(metadata={"enum": list(quote_rules.FORMS)})
    standing = fields.String(metadata={"enum": list(rules.STANDINGS)})
    starts_at = fields.AwareDateTime(allow_none=True)
    deliver_by = fields.AwareDateTime(allow_none=True)
    pay_until = fields.AwareDateTime()
    without_time = fields.Boolean()

    @pre_dump
    def told(self, page: PayerPage, **_options: Any) -> dict[str, Any]:
        quote = page.quote
        return {
            "coach": {"handle": quote.ask.coach.handle, "name": quote.ask.coach.user.name},
            "asker": quote.ask.asker.name,
            "purpose": page.payer.purpose,
            "price": {"amount": page.price_cents, "currency": quote.currency},
            "minutes": quote.minutes,
            "form": quote.form,
            "standing": page.standing,
            "starts_at": page.starts_at,
            "deliver_by": quote.deliver_by,
            "pay_until": page.pay_until,
            "without_time": page.without_time,
        }


class PayerUrlSchema(Schema):
    """The hosted page to pay on: the same one for everybody who pays this."""

    url = fields.String()
