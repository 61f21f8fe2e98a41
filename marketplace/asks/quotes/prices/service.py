"""Prices that are written by hand or come from a rate card are checked alike."""

from marketplace import config, currencies
from marketplace.asks.quotes import rules
from marketplace.coaches.rules import price_floor_cents
from marketplace.errors import Invalid
from marketplace.languages import gettext as _
from marketplace.money import spoken


def checked_price(minutes: int, currency: str, cents: int | None) -> int:
    """The price in cents, if so many minutes may cost that; raises Invalid naming `price`."""
    floor = price_floor_cents(minutes, currency, config.current())
    most = currencies.LARGEST_CHARGE_CENTS
    if cents is None or rules.price_refused(cents, floor_cents=floor, most_cents=most):
        amounts = {"least": spoken(floor, currency), "most": spoken(most, currency)}
        raise Invalid(price=_("Ask for %(least)s to %(most)s: mentoring is paid work here.", **amounts))
    return cents
