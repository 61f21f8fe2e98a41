"""What an event is about, and how the ledger and Stripe differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from marketplace import money

KINDS = ("platform", "connect", "thin")

# A stored event whose job has been lost is taken up again after so long.
LOST_AFTER = timedelta(minutes=1)
# A sweep asks for everything that was never delivered and that Stripe still keeps.
SWEPT = timedelta(days=30)
# A charge may be booked here days after Stripe booked it; comparing a period needs so much of Stripe's before it.
MARGIN = timedelta(days=7)


def is_event(found: Any) -> bool:
    """Has it what every event has?"""
    return isinstance(found, dict) and isinstance(found.get("id"), str) and isinstance(found.get("type"), str)


def object_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The object that an event carries (v1) or points to (thin); empty without one."""
    data = event.get("data")
    carried = data.get("object") if isinstance(data, dict) else None
    found = carried or event.get("related_object")
    return found if isinstance(found, dict) else {}


def object_id(event: Mapping[str, Any]) -> str | None:
    """The id of that object."""
    found = object_of(event).get("id")
    return found if isinstance(found, str) else None


def metadata_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """What we wrote on that object."""
    found = object_of(event).get("metadata")
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Difference:
    """One of Stripe's objects of which the ledger says something else; `source` is '' where it names none."""

    source: str
    currency: str
    ledger_cents: int
    stripe_cents: int

    @property
    def cents(self) -> int:
        """How much more the ledger has."""
        return self.ledger_cents - self.stripe_cents

    def spoken(self) -> str:
        """The difference in words."""
        ours, theirs, more = (
            money.spoken(cents, self.currency) for cents in (self.ledger_cents, self.stripe_cents, self.cents)
        )
        return f"{self.source or 'without a source'}: ledger {ours}, Stripe {theirs}, difference {more}"


@dataclass(frozen=True)
class Report:
    """How many of Stripe's objects were compared, and those that differ."""

    compared: int
    differences: tuple[Difference, ...]

    @property
    def totals(self) -> dict[str, int]:
        """How much more the ledger has in all, in cents by currency; only currencies in which something differs."""
        summed: dict[str, int] = {}
        for difference in self.differences:
            summed[difference.currency] = summed.get(difference.currency, 0) + difference.cents
        return summed

    @property
    def agrees(self) -> bool:
        """Is every cent where both say it is? Two differences that cancel out are still two."""
        return not self.differences

    def spoken(self) -> str:
        """The last word of a reconciliation."""
        if self.agrees:
            return "ledger == stripe, difference 0"
        sums = ", ".join(money.spoken(cents, currency) for currency, cents in sorted(self.totals.items()))
        return f"ledger != stripe, difference {sums} in {len(self.differences)} of {self.compared}"


def compare(
    ledger: Mapping[tuple[str, str], int], stripe: Mapping[tuple[str, str], int], sources: set[str] | None = None
) -> Report:
    """Compare net cents by (source, currency), of these sources or of all."""
    places = sorted(p for p in ledger.keys() | stripe.keys() if sources is None or p[0] in sources)
    rows = (Difference(*place, ledger.get(place, 0), stripe.get(place, 0)) for place in places)
    return Report(len(places), tuple(row for row in rows if row.cents != 0))
