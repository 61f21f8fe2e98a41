"""What Stripe's conversions have gained or lost so far, for admins."""

from dataclasses import dataclass

from marketplace.accounts.models import User
from marketplace.accounts.queries import only_admins
from marketplace.ledger import rules as ledger_accounts
from marketplace.ledger.queries import balances as balance_queries
from marketplace.ledger_reports import rules
from marketplace.payments import queries as payments


@dataclass(frozen=True)
class ExchangePosition:
    """What is owed of one currency (negative) that was converted, and its worth in another at Stripe's latest rate."""

    currency: str
    cents: int
    worth_cents: int


@dataclass(frozen=True)
class ExchangeResult:
    """What conversions into one currency come to: `held_cents` of it and the `positions`, together a gain or a loss."""

    currency: str
    held_cents: int
    positions: tuple[ExchangePosition, ...]

    @property
    def result_cents(self) -> int:
        """What is gained, negative: lost, if the positions were converted now."""
        return self.held_cents + sum(position.worth_cents for position in self.positions)


def exchange_results(admin: User) -> list[ExchangeResult]:
    """A result for each currency that Stripe converts into; none where it has converted nothing."""
    only_admins(admin)
    balances = {
        currency: cents
        for (name, currency), cents in balance_queries.balances(ledger_accounts.EXCHANGE).items()
        if name == ledger_accounts.EXCHANGE
    }
    positions: dict[str, list[ExchangePosition]] = {}
    for currency, cents in sorted(balances.items()):
        latest = payments.latest_settlement(currency)
        if latest is not None and latest.is_converted and latest.settled_cents is not None:
            paid = latest.amount_cents + latest.tax_cents
            worth = rules.worth(cents, from_cents=paid, into_cents=latest.settled_cents)
            positions.setdefault(latest.fee_currency, []).append(ExchangePosition(currency, cents, worth))
    foreign = {position.currency for found in positions.values() for position in found}
    return [
        ExchangeResult(currency, balances[currency], tuple(positions.get(currency, ())))
        for currency in sorted(balances.keys() - foreign)
    ]
