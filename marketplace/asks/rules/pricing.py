"""What so many minutes of a coach cost, by the rate card. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_MINUTES, MOST_MINUTES = 10, 480


@dataclass(frozen=True)
class Rate:
    """A line of a rate card: so many minutes for so many cents."""

    minutes: int
    price_cents: int


def price_cents(minutes: int, *, card: Sequence[Rate], floor_cents: int, most_cents: int) -> int:
    """The price of `minutes`, in cents, by a card with at least one rate; ValueError for an empty one.

    By the minute at the rate of the longest session that is no longer (else of the shortest), rounded up; never more
    than a longer session on the card costs, never below `floor_cents`, never above `most_cents`. More minutes never
    cost less.
    """
    if not card:
        raise ValueError("there is no price without a rate card")
    rate = nearest(minutes, card=card)
    by_the_minute = -(-rate.price_cents * minutes // rate.minutes)
    longer = [each.price_cents for each in card if each.minutes >= minutes]
    return min(max(min([by_the_minute, *longer]), floor_cents), most_cents)


def nearest(minutes: int, *, card: Sequence[Rate]) -> Rate:
    """The longest rate that is no longer than `minutes`, the cheapest of several; else the shortest."""
    shorter = [each for each in card if each.minutes <= minutes]
    if shorter:
        return max(shorter, key=lambda each: (each.minutes, -each.price_cents))
    return min(card, key=lambda each: (each.minutes, each.price_cents))
