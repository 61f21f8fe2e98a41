"""Our own account at Stripe: its country, what it may do, where it sends events."""

from collections.abc import Iterator
from dataclasses import dataclass

from marketplace.payments.stripe_gateway.client import ask


@dataclass(frozen=True)
class OwnAccount:
    """Our account: its country (ISO 3166-1 alpha-2), whether it may take charges, the currencies that it holds.

    What is paid in another currency Stripe converts into the `home_currency`.
    """

    country: str
    takes_charges: bool
    home_currency: str = "usd"
    held_currencies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class EventDestination:
    """An address that Stripe sends events to; `events` are types, or `*` for all."""

    url: str
    enabled: bool
    events: frozenset[str]

    def lacks(self, wanted: tuple[str, ...]) -> list[str]:
        """Which of these types are not sent there."""
        return [] if "*" in self.events else [name for name in wanted if name not in self.events]


def own_account() -> OwnAccount:
    """Our account, freshly read."""
    found = ask(lambda client: client.v1.accounts.retrieve_current())
    home = found.default_currency or "usd"
    # Assumed: our own account shows its bank accounts; where it does not, the balance names what it holds.
    banks = found.external_accounts
    balance = ask(lambda client: client.v1.balance.retrieve())
    held = {home, *(each.currency for each in (*(banks.data if banks else ()), *balance.available) if each.currency)}
    return OwnAccount((found.country or "").upper(), bool(found.charges_enabled), home, frozenset(held))


def event_destinations() -> Iterator[EventDestination]:
    """Where events go: the webhook endpoints of v1, and the destinations of v2 that get thin events."""
    endpoints = ask(lambda client: client.v1.webhook_endpoints.list(params={"limit": 100}))
    for point in endpoints.data:
        yield EventDestination(point.url, point.status == "enabled", frozenset(point.enabled_events))
    destinations = ask(
        lambda client: client.v2.core.event_destinations.list(params={"include": ["webhook_endpoint.url"]})
    )
    for found in destinations.data:
        url = found.webhook_endpoint.url if found.webhook_endpoint else None
        yield EventDestination(url or "", found.status == "enabled", frozenset(found.enabled_events))
