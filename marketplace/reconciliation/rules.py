"""How the ledger's `stripe` account and Stripe's balance transactions differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from marketplace import money
from marketplace.languages import gettext as _
from marketplace.ledger import rules as ledger_accounts

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
        return _(
            "%(source)s: ledger %(ours)s, Stripe %(theirs)s, difference %(difference)s",
            source=self.source or _("without a source"),
            ours=ours,
            theirs=theirs,
            difference=more,
        )


# What moves in our Stripe balance without any payment or payout of ours, by Stripe's types of balance transactions
# (docs.stripe.com/reports/balance-transaction-types), and the account at the other end.
OWN_LINES = {
    "payout": ledger_accounts.BANK,
    "payout_failure": ledger_accounts.BANK,
    "payout_cancel": ledger_accounts.BANK,
    "topup": ledger_accounts.BANK,
    "topup_reversal": ledger_accounts.BANK,
    "stripe_fee": ledger_accounts.STRIPE_FEES,
    "stripe_fx_fee": ledger_accounts.STRIPE_FEES,
    "tax_fee": ledger_accounts.STRIPE_FEES,
    "network_cost": ledger_accounts.STRIPE_FEES,
    "climate_order_purchase": ledger_accounts.STRIPE_FEES,
    "contribution": ledger_accounts.STRIPE_FEES,
    "adjustment": ledger_accounts.ADJUSTMENTS,
    "connect_collection_transfer": ledger_accounts.ADJUSTMENTS,
    "payout_minimum_balance_hold": ledger_accounts.ADJUSTMENTS,
    "payout_minimum_balance_release": ledger_accounts.ADJUSTMENTS,
    "reserve_transaction": ledger_accounts.ADJUSTMENTS,
    "reserved_funds": ledger_accounts.ADJUSTMENTS,
    "risk_reserved_funds": ledger_accounts.ADJUSTMENTS,
}
# An adjustment for one of these is a dispute's, or of a payment: what that is about books it, or it is a difference.
_OF_PAYMENTS = ("dp_", "du_", "ch_", "py_", "re_", "pyr_")


def own_account(kind: str, source: str) -> str | None:
    """The account at the other end of a balance transaction that nothing of ours makes; None for others."""
    return None if kind == "adjustment" and source.startswith(_OF_PAYMENTS) else OWN_LINES.get(kind)


def postings_of(line_id: str, account: str, *, amount_cents: int, fee_cents: int) -> list[ledger_accounts.Posting]:
    """What such a balance transaction books: its amount against `account`, and Stripe's fee for it."""
    moves = (("balance", account, amount_cents), ("balance-fee", ledger_accounts.STRIPE_FEES, -fee_cents))
    return [
        ledger_accounts.Posting(f"{fact}:{line_id}", *_sides(other, cents), abs(cents)) for fact, other, cents in moves
    ]


def _sides(other: str, cents: int) -> tuple[str, str]:
    return (ledger_accounts.STRIPE, other) if cents >= 0 else (other, ledger_accounts.STRIPE)


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
