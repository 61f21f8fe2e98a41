"""A coach as shown among others: the price for an hour, and the next free time."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.coaches.directory.queries import Listing
from marketplace.coaches.models import Coach
from marketplace.coaches.rules import hour_cents
from marketplace.exchange_rates.rules import DailyRates
from marketplace.scheduling.queries.search import SearchResult, next_times
from marketplace.scheduling.queries.search_rows import FoundCoach

SHOWN_TOPICS = 5


@dataclass(frozen=True)
class BookableTime:
    """A time that can be booked, and what then: its offering, its minutes, and its price where that is what counts."""

    starts_at: datetime
    offering_id: uuid.UUID
    title: str
    minutes: int
    price_cents: int


@dataclass(frozen=True)
class CoachCard:
    """A coach with what an hour costs, in cents of `currency` and about so many of `about_currency`, and when next."""

    coach: Coach | FoundCoach
    hour_cents: int
    currency: str
    about_cents: int | None
    about_currency: str
    next: BookableTime | None

    @property
    def topics(self) -> Sequence[str]:
        """The first few."""
        return self.coach.topics[:SHOWN_TOPICS]


@dataclass(frozen=True)
class Comparison:
    """In which currency prices are compared, and by which rates; without rates each stays in its own."""

    currency: str
    rates: DailyRates | None

    def about(self, cents: int, currency: str) -> int | None:
        """About how much that is; None where it is in that currency already, or there is no rate."""
        if self.rates is None or currency == self.currency:
            return None
        return self.rates.approximate(cents, currency, self.currency)


def of_listings(listings: Sequence[Listing], comparison: Comparison) -> list[CoachCard]:
    """Cards of coaches in the directory, each with the next time."""
    soonest = next_times([listing.coach.id for listing in listings])
    return [_card(one.coach, one.hour_cents, one.currency, comparison, soonest.get(one.coach.id)) for one in listings]


def of_results(results: Iterable[SearchResult], comparison: Comparison) -> list[CoachCard]:
    """Cards of coaches who have time; the price is that of what can be booked then."""
    return [
        _card(
            one.coach,
            hour_cents(one.offering.price_cents, one.offering.minutes),
            one.offering.currency,
            comparison,
            one,
        )
        for one in results
    ]


def _card(
    coach: Coach | FoundCoach, hour_cents: int, currency: str, comparison: Comparison, found: SearchResult | None
) -> CoachCard:
    time = None
    if found is not None:
        what = found.offering
        time = BookableTime(found.starts_at, what.id, what.title, what.minutes, what.price_cents)
    return CoachCard(coach, hour_cents, currency, comparison.about(hour_cents, currency), comparison.currency, time)
