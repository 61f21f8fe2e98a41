"""Which documents the facts ask for, how tax is split, and the words on a document."""

import hashlib
import hmac
import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from marketplace.languages import current, formats
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.money import split

INVOICE, CREDIT_NOTE, REVERSAL = "invoice", "credit_note", "reversal"
KINDS = (INVOICE, CREDIT_NOTE, REVERSAL)
TITLES = {INVOICE: _l("Invoice"), CREDIT_NOTE: _l("Credit note"), REVERSAL: _l("Cancellation of a credit note")}

# A refund or dispute: under way, gone, or returned to us because the bank refused it or decided otherwise.
OPEN, GONE, RETURNED = "open", "gone", "returned"

# The platform's own numbers. A coach's begin with the handle, which has three letters or more.
PLATFORM_PREFIX = "F"

# How far back fees are looked for that no invoice names; older ones were invoiced or never will be by themselves.
FEES_LOOK_BACK_MONTHS = 3


@dataclass(frozen=True)
class CreditCause:
    """A refund or lost dispute: `key` names the fact, `undone_key` that it came to nothing.

    `tax_cents` is the tax in it, where it was laid on top of the price; None where the price contains it.
    """

    key: str
    undone_key: str
    cents: int
    state: str
    reason: str
    of: str = ""
    tax_cents: int | None = None


@dataclass(frozen=True)
class OwedDocument:
    """A document that a fact asks for and that is not there yet."""

    key: str
    kind: str
    cause: CreditCause | None = None


@dataclass(frozen=True)
class InvoiceParty:
    """Who sells or buys, as it stood when the document was made."""

    name: str
    address: str = ""
    tax_id: str = ""
    reference: str = ""

    def told(self) -> dict[str, str]:
        """As a document keeps it; a reference only where there is one."""
        return {name: words for name, words in asdict(self).items() if words or name != "reference"}


@dataclass(frozen=True)
class InvoiceLine:
    """One thing sold or refunded; net and tax make the gross."""

    what: str
    when: str
    net_cents: int
    tax_cents: int
    gross_cents: int


def owed_documents(sold_key: str, causes: Sequence[CreditCause], issued: Collection[str]) -> list[OwedDocument]:
    """What a paid payment still has to be given, in the order in which it is numbered."""
    missing = [] if sold_key in issued else [OwedDocument(sold_key, INVOICE)]
    for cause in causes:
        if cause.state == GONE and cause.key not in issued:
            missing.append(OwedDocument(cause.key, CREDIT_NOTE, cause))
        elif cause.state == RETURNED and cause.key in issued and cause.undone_key not in issued:
            missing.append(OwedDocument(cause.undone_key, REVERSAL, cause))
    return missing


def tax_within(gross_cents: int, basis_points: int) -> int:
    """The tax that a price contains at a rate of so many ten-thousandths on the net amount.

    0 for what is not > 0.
    """
    return split(gross_cents, [10_000, basis_points])[1] if gross_cents > 0 else 0


def lines(items: Sequence[tuple[str, str, int]], tax_cents: int) -> list[InvoiceLine]:
    """Things with their gross cents as lines, the tax of all split over them to the cent."""
    grosses = [gross for _what, _when, gross in items]
    taxes = split(tax_cents, grosses) if tax_cents else [0] * len(grosses)
    return [
        InvoiceLine(what, when, gross - tax, tax, gross) for (what, when, gross), tax in zip(items, taxes, strict=True)
    ]


def taxed(items: Sequence[tuple[str, str, int]], tax_cents: int) -> list[InvoiceLine]:
    """Things with their net cents as lines, a tax laid on top of all of them."""
    nets = [net for _what, _when, net in items]
    taxes = split(tax_cents, nets)
    return [InvoiceLine(what, when, net, tax, net + tax) for (what, when, net), tax in zip(items, taxes, strict=True)]


def undone(line: InvoiceLine) -> InvoiceLine:
    """A line of a credit note as its reversal has it."""
    # What was refunded stands behind the word for it, of which earlier credit notes have another.
    return replace(line, what=_("Not refunded: %(what)s", what=line.what.partition(": ")[2]))


def credited_tax(*, gross_cents: int, tax_cents: int, before_cents: int, before_tax_cents: int, cents: int) -> int:
    """The tax in a credit of `cents` after what was credited before; in all, all the tax."""
    upto = before_cents + cents
    due = split(tax_cents, [upto, gross_cents - upto])[0] - before_tax_cents
    return min(max(due, 0), cents)


def label(prefix: str, number: int) -> str:
    """The number as it is printed: 'ADA-00012'."""
    return f"{prefix}-{number:05d}"


def percent(basis_points: int) -> str:
    """1900 as '19 %', 770 as '7.7 %'."""
    return _("%(percent)s %%", percent=format_decimal(Decimal(basis_points) / 100, locale=current().babel))


def dated(day: datetime | date) -> str:
    """A date that can be read in ten years: '4 March 2027'."""
    return formats.long_day(day.date() if isinstance(day, datetime) else day)


def held(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """A session's time with its year: 'Thu 4 Mar 2027, 11:00-12:00 (Berlin)'."""
    start, end = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    begins, ends = formats.clock_time(start), formats.clock_time(end)
    return f"{formats.day(start.date(), year=True)}, {begins}-{ends} ({formats.place(zone)})"


def content(
    seller: InvoiceParty,
    buyer: InvoiceParty,
    sold: Sequence[InvoiceLine],
    *,
    notes: Sequence[str],
    basis_points: int | None,
) -> dict[str, Any]:
    """Everything a document says, as it is kept, in the language in which it is written now and printed ever after."""
    return {
        "seller": seller.told(),
        "buyer": buyer.told(),
        "lines": [asdict(line) for line in sold],
        "notes": [note for note in notes if note],
        "tax_basis_points": basis_points,
        "locale": current().locale,
    }


def receipt_signature(invoice_id: uuid.UUID, *, key: str) -> str:
    """What stands behind the id in a billing party's link to a document: 160 bits of a keyed digest."""
    return hmac.new(key.encode(), b"receipt:" + invoice_id.bytes, hashlib.sha256).hexdigest()[:40]


def is_receipt_link(given: str, invoice_id: uuid.UUID, *, key: str) -> bool:
    """Does the link belong to this document?"""
    return hmac.compare_digest(given.encode(), receipt_signature(invoice_id, key=key).encode())


def month_before(day: date) -> date:
    """The first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
