"""What names somebody on documents, as it comes in."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from marketplace.accounts.schemas import one_line, plain_text
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.payments.billing_parties import rules


def few_lines(text: str) -> None:
    """Refuse what no text may have, tabs, and more lines than an address has."""
    plain_text(text)
    if "\t" in text:
        raise ValidationError(_("Write it without tabs."))
    if len(rules.lines_of_address(text)) > rules.LONGEST_ADDRESS_LINES:
        raise ValidationError(
            _(
                "Write it in %(most)s lines or fewer.",
                most=rules.LONGEST_ADDRESS_LINES,
            )
        )


def line(most: int, sentence: str, **options: Any) -> fields.String:
    """A text on one line, of so many characters at most."""
    return fields.String(validate=[validate.Length(max=most, error=sentence), one_line], **options)


def name_line(**options: Any) -> fields.String:
    """Whom a document names."""
    return line(rules.LONGEST_NAME, _l("Keep the name within 120 characters."), **options)


def address_lines(**options: Any) -> fields.String:
    """An address, line by line."""
    within = validate.Length(max=rules.LONGEST_ADDRESS, error=_l("Keep the address within 400 characters."))
    described = {"description": "as on an envelope, line by line"}
    return fields.String(validate=[within, few_lines], metadata=described, **options)


def tax_id_line(**options: Any) -> fields.String:
    """A number under which somebody pays tax."""
    return line(rules.LONGEST_TAX_ID, _l("Keep the tax id within 40 characters."), **options)
