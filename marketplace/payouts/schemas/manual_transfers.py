"""Bank details that a coach gives us, and transfers that a person makes."""

from typing import Any

from babel import Locale
from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate

from marketplace.accounts.schemas import plain_text
from marketplace.bookings.schemas import Written
from marketplace.coaches.schemas import FILL_IN, MoneySchema
from marketplace.languages import lazy_gettext as _l
from marketplace.payouts.models import BankDetails, Payout
from marketplace.payouts.rules.bank_details import LONGEST_HOLDER, LONGEST_REASON, LONGEST_REFERENCE, Details, tidy
from marketplace.payouts.schemas.amounts import amount

OR_EMPTY: dict[str, Any] = {"required": _l("Say it, or leave it empty.")}
TERRITORIES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())


def _text(longest: int, **more: Any) -> fields.String:
    too_long = validate.Length(max=longest, error=_l("Write it in {max} characters or fewer."))
    filled = validate.Length(min=1, error=FILL_IN["required"])
    return fields.String(required=True, validate=[filled, too_long, plain_text], error_messages=FILL_IN, **more)


class BankDetailsSchema(Written):
    """Where to transfer to: an IBAN, or another account with its BIC and bank code."""

    holder = _text(LONGEST_HOLDER, metadata={"description": "as the bank has the name"})
    country = _text(2, metadata={"example": "RS"})
    account = _text(60, metadata={"example": "RS35260005601001611379"})
    bic = fields.String(
        required=True,
        validate=validate.Length(max=20, error=_l("A BIC has 8 or 11 characters.")),
        error_messages=OR_EMPTY,
    )
    bank_code = fields.String(
        required=True,
        validate=[validate.Length(max=30, error=_l("Write it in {max} characters or fewer.")), plain_text],
        error_messages=OR_EMPTY,
        metadata={"description": "routing number, sort code, IFSC"},
    )

    @post_load
    def to_command(self, data: dict[str, Any], **_: Any) -> Details:
        country = data["country"].upper()
        if country not in TERRITORIES:
            raise ValidationError(str(_l("Choose the country of your bank.")), "country")
        tidied = {name: tidy(data[name]) for name in ("account", "bic", "bank_code")}
        return Details(holder=data["holder"], country=country, **tidied)


class BankDetailsStateSchema(Schema):
    """Where a coach is paid by transfer, masked; `given` false: through Stripe."""

    given = fields.Boolean()
    country = fields.String(allow_none=True)
    account = fields.String(allow_none=True, metadata={"description": "its last four signs"})
    given_at = fields.AwareDateTime(allow_none=True)

    @pre_dump
    def told(self, details: BankDetails | None, **_: Any) -> dict[str, Any]:
        if details is None:
            return {"given": False, "country": None, "account": None, "given_at": None}
        return {"given": True, "country": details.country, "account": details.hint, "given_at": details.given_at}


class TransferredSchema(Written):
    """A transfer that the bank has taken: its reference, and the day."""

    reference = _text(LONGEST_REFERENCE)
    transferred_on = fields.Date(
        required=True,
        error_messages={"required": _l("Write a date."), "invalid": _l("Write a date like 2027-03-02.")},
    )


class ReturnedSchema(Written):
    """A transfer that the bank refused or sent back, and what it says; the coach reads it."""

    reason = _text(LONGEST_REASON)


class TransferSchema(Schema):
    """A payout that a person transfers, with the account in full."""

    payout_id = fields.UUID()
    coach = fields.String(metadata={"description": "the coach's handle"})
    amount = fields.Nested(MoneySchema)
    status = fields.String()
    holder = fields.String()
    country = fields.String()
    account = fields.String()
    bic = fields.String()
    bank_code = fields.String()
    reference = fields.String(allow_none=True)
    transferred_on = fields.Date(allow_none=True)

    @pre_dump
    def told(self, found: tuple[Payout, Details], **_: Any) -> dict[str, Any]:
        payout, details = found
        return {
            **vars(details),
            "payout_id": payout.id,
            "coach": payout.coach.handle,
            "amount": amount(payout.amount_cents, payout.currency),
            "status": payout.status,
            "reference": payout.reference,
            "transferred_on": payout.transferred_on,
        }


class TransferListSchema(Schema):
    """What of a run a person transfers, those still to be made first."""

    items = fields.List(fields.Nested(TransferSchema))
