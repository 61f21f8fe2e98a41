"""Which documents the facts ask for, how tax is split, and the words on a document."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marketplace.money import split

INVOICE, CREDIT_NOTE, REVERSAL = "invoice", "credit_note", "reversal"
KINDS = (INVOICE, CREDIT_NOTE, REVERSAL)
TITLES = {INVOICE: "Invoice", CREDIT_NOTE: "Credit note", REVERSAL: "Cancellation of a credit note"}

GIVEN_BACK, NOT_GIVEN_BACK = "Given back", "Not given back"

# Money that goes back: still under way, gone, or back with us because the bank refused it or decided otherwise.
OPEN, GONE, CAME_BACK = "open", "gone", "came back"

# The platform's own numbers. A coach's begin with the handle, which has three letters or more.
PLATFORM_PREFIX = "F"

MOST_BASIS_POINTS = 5_000
LONGEST_ADDRESS_LINES = 6
# How far back fees are looked for that no invoice names; older ones were invoiced or never will be by themselves.
FEES_LOOK_BACK_MONTHS = 3


@dataclass(frozen=True)
class Back:
    """Money of one payment on its way back: `key` names the fact, `undone_key` that it came to nothing.

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
class Owed:
    """A document that a fact asks for and that is not there yet."""

    key: str
    kind: str
    back: Back | None = None


@dataclass(frozen=True)
class Party:
    """Who sells or buys, as it stood when the document was made."""

    name: str
    address: str = ""
    tax_id: str = ""


@dataclass(frozen=True)
class Line:
    """One thing sold or given back; net and tax make the gross."""

    what: str
    when: str
    net_cents: int
    tax_cents: int
    gross_cents: int


def owed(sold_key: str, backs: Sequence[Back], issued: Collection[str]) -> list[Owed]:
    """What a paid payment still has to be given, in the order in which it is numbered."""
    missing = [] if sold_key in issued else [Owed(sold_key, INVOICE)]
    for back in backs:
        if back.state == GONE and back.key not in issued:
            missing.append(Owed(back.key, CREDIT_NOTE, back))
        elif back.state == CAME_BACK and back.key in issued and back.undone_key not in issued:
            missing.append(Owed(back.undone_key, REVERSAL, back))
    return missing


def tax_within(gross_cents: int, basis_points: int) -> int:
    """The tax that a price contains at a rate of so many ten-thousandths on the net amount; 0 for what is not > 0."""
    return split(gross_cents, [10_000, basis_points])[1] if gross_cents > 0 else 0


def lines(items: Sequence[tuple[str, str, int]], tax_cents: int) -> list[Line]:
    """Things with their gross cents as lines, the tax of all laid on each so that every cent has its place."""
    grosses = [gross for _what, _when, gross in items]
    taxes = split(tax_cents, grosses) if tax_cents else [0] * len(grosses)
    return [Line(what, when, gross - tax, tax, gross) for (what, when, gross), tax in zip(items, taxes, strict=True)]


def taxed(items: Sequence[tuple[str, str, int]], tax_cents: int) -> list[Line]:
    """Things with their net cents as lines, a tax laid on top of all of them."""
    nets = [net for _what, _when, net in items]
    taxes = split(tax_cents, nets)
    return [Line(what, when, net, tax, net + tax) for (what, when, net), tax in zip(items, taxes, strict=True)]


def undone(line: Line) -> Line:
    """A line of a credit note as its reversal has it."""
    return replace(line, what=line.what.replace(GIVEN_BACK, NOT_GIVEN_BACK, 1))


def credited_tax(*, gross_cents: int, tax_cents: int, before_cents: int, before_tax_cents: int, cents: int) -> int:
    """The tax in a credit of `cents`, given what was credited before: all of it credited is exactly all the tax."""
    upto = before_cents + cents
    due = split(tax_cents, [upto, gross_cents - upto])[0] - before_tax_cents
    return min(max(due, 0), cents)


def label(prefix: str, number: int) -> str:
    """The number as it is printed: 'ADA-00012'."""
    return f"{prefix}-{number:05d}"


def percent(basis_points: int) -> str:
    """1900 as '19 %', 770 as '7.7 %'."""
    return f"{basis_points / 100:g} %"


def dated(day: datetime | date) -> str:
    """A date that can be read in ten years: '4 March 2027'."""
    return f"{day.day} {day:%B %Y}"


def held(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """A session's time with its year: 'Thu 4 Mar 2027, 11:00-12:00 (Berlin)'."""
    start, end = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{start:%a} {start.day} {start:%b %Y, %H:%M}-{end:%H:%M} ({place})"


def lines_of_address(address: str) -> list[str]:
    """An address line by line, the empty ones left out."""
    return [line.strip() for line in address.splitlines() if line.strip()]


def content(
    seller: Party, buyer: Party, sold: Sequence[Line], *, notes: Sequence[str], basis_points: int | None
) -> dict[str, Any]:
    """Everything a document says, as it is kept."""
    return {
        "seller": asdict(seller),
        "buyer": asdict(buyer),
        "lines": [asdict(line) for line in sold],
        "notes": [note for note in notes if note],
        "tax_basis_points": basis_points,
    }


def month_before(day: date) -> date:
    """The first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
