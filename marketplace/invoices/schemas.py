"""What comes in and goes out about documents, for the pages and the API alike."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, pre_dump, pre_load, validate, validates_schema

from marketplace.accounts.schemas import Trimmed
from marketplace.coaches.schemas import MoneySchema
from marketplace.invoices import rules
from marketplace.invoices.models import Invoice, InvoiceDetails
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.payments.billing_parties.schemas import address_lines, line, name_line, tax_id_line

DAY: dict[str, Any] = {"invalid": _l("Give a day like 2027-03-01.")}
OR_EMPTY: dict[str, Any] = {"required": _l("Say it, or leave it empty.")}
PERCENTAGE = _l("Give a percentage like 19 or 7.7.")
CURSOR: dict[str, Any] = {"invalid_uuid": "Take the cursor from the page before."}


class InvoiceDetailsSchema(Trimmed):
    """How somebody is named on invoices from now on.

    A coach's `tax_percent` is what their prices contain.
    """

    name = name_line(required=True, error_messages=OR_EMPTY)
    address = address_lines(required=True, error_messages=OR_EMPTY)
    tax_id = tax_id_line(required=True, error_messages=OR_EMPTY)
    tax_percent = fields.Decimal(
        places=2,
        required=True,
        allow_none=True,
        as_string=True,
        validate=validate.Range(Decimal(0), Decimal(50), error="Give a percentage from 0 to 50."),
        error_messages={"required": _l("Give a percentage, or null."), "invalid": PERCENTAGE, "special": PERCENTAGE},
        metadata={"description": "null: no tax is shown", "example": "19.00"},
    )
    tax_note = line(200, _l("Keep the sentence within 200 characters."), required=True, error_messages=OR_EMPTY)

    @pre_load
    def newlines(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in data.items()}

    @pre_dump
    def told(self, details: InvoiceDetails | None, **_: Any) -> dict[str, Any]:
        if details is None:
            return {"name": "", "address": "", "tax_id": "", "tax_percent": None, "tax_note": ""}
        points = details.tax_basis_points
        same = {name: getattr(details, name) for name in ("name", "address", "tax_id", "tax_note")}
        return same | {"tax_percent": None if points is None else Decimal(points) / 100}


class InvoicePartySchema(Schema):
    """Who sold or bought, as it stood when the document was made."""

    name = fields.String()
    address = fields.String()
    tax_id = fields.String()
    reference = fields.String(dump_default="", metadata={"description": "an order number of theirs; mostly empty"})


class InvoiceLineSchema(Schema):
    """One thing sold or refunded, in minor units; net and tax make the gross."""

    what = fields.String()
    when = fields.String()
    net_cents = fields.Integer()
    tax_cents = fields.Integer()
    gross_cents = fields.Integer()


class InvoiceSchema(Schema):
    """A document. `corrects` is the number of the one that it credits or cancels.

    `pdf` is where it can be read.
    """

    id = fields.UUID()
    number = fields.String(attribute="label", metadata={"example": "ADA-00012"})
    kind = fields.String(metadata={"description": "invoice, credit_note or reversal (which cancels a credit note)"})
    issued_at = fields.AwareDateTime()
    seller = fields.Nested(InvoicePartySchema)
    buyer = fields.Nested(InvoicePartySchema)
    lines = fields.List(fields.Nested(InvoiceLineSchema))
    notes = fields.List(fields.String())
    net = fields.Nested(MoneySchema)
    tax = fields.Nested(MoneySchema)
    gross = fields.Nested(MoneySchema)
    corrects = fields.String(allow_none=True)
    payment_id = fields.UUID(allow_none=True)
    pdf = fields.String()

    @pre_dump
    def told(self, invoice: Invoice, **_: Any) -> dict[str, Any]:
        same = {name: getattr(invoice, name) for name in ("id", "label", "kind", "issued_at", "payment_id")}
        amounts = {
            name: {"amount": getattr(invoice, f"{name}_cents"), "currency": invoice.currency}
            for name in ("net", "tax", "gross")
        }
        corrects = None if invoice.corrects is None else invoice.corrects.label
        return invoice.content | same | amounts | {"corrects": corrects, "pdf": f"/api/v1/invoices/{invoice.id}.pdf"}


class InvoicePageSchema(Schema):
    """Which page of one's own documents: what one bought, or with `as=coach` what one sold."""

    as_ = fields.String(
        data_key="as",
        load_default="mentee",
        validate=validate.OneOf(("mentee", "coach"), error=_l("Choose mentee or coach.")),
    )
    after = fields.UUID(load_default=None, error_messages=CURSOR)
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100, error=_l("Ask for 1 to 100.")))


class InvoiceFilterSchema(Trimmed):
    """Which documents: days are in UTC, both included; `about` is part of a number or of a name."""

    since = fields.Date(load_default=None, allow_none=True, data_key="from", error_messages=DAY)
    until = fields.Date(load_default=None, allow_none=True, data_key="to", error_messages=DAY)
    kind = fields.String(
        load_default="",
        validate=validate.OneOf(("", *rules.KINDS), error=_l("Choose invoice, credit_note or reversal.")),
    )
    about = fields.String(
        load_default="", validate=validate.Length(max=120, error=_l("Search for 120 characters or fewer."))
    )
    after = fields.UUID(load_default=None, error_messages=CURSOR)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100, error=_l("Ask for 1 to 100.")))

    @validates_schema
    def in_order(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError(_("The last day is before the first."), "to")


class InvoiceListSchema(Schema):
    """A page of documents, the newest first; `next_cursor` goes into `after`, null ends it."""

    items = fields.List(fields.Nested(InvoiceSchema))
    next_cursor = fields.UUID(allow_none=True)
