"""How the ledger's `stripe` account and Stripe's balance transactions differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from marketplace import money

# The nightly reconciliation goes so far back: longer than Stripe and the ledger are ever apart about one payment.
NIGHTLY_PERIOD = timedelta(days=35)
# A charge may be booked here days after Stripe booked it; comparing a period needs so much of Stripe's before it.
LOOKBACK = timedelta(days=7)


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
class ReconciliationReport:
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
        """The result in one line."""
        if self.agrees:
            return "ledger == stripe, difference 0"
        sums = ", ".join(money.spoken(cents, currency) for currency, cents in sorted(self.totals.items()))
        return f"ledger != stripe, difference {sums} in {len(self.differences)} of {self.compared}"


def compare(
    ledger: Mapping[tuple[str, str], int], stripe: Mapping[tuple[str, str], int], sources: set[str] | None = None
) -> ReconciliationReport:
    """Compare net cents by (source, currency), of these sources or of all."""
    places = sorted(p for p in ledger.keys() | stripe.keys() if sources is None or p[0] in sources)
    rows = (Difference(*place, ledger.get(place, 0), stripe.get(place, 0)) for place in places)
    return ReconciliationReport(len(places), tuple(row for row in rows if row.cents != 0))
