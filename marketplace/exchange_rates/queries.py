"""Reading the rates by which prices are compared."""

from sqlalchemy import select

from marketplace import clock, config
from marketplace.db import session
from marketplace.exchange_rates.models import ExchangeRate
from marketplace.exchange_rates.rules import DailyRates


def current() -> DailyRates | None:
    """The rates of the latest day; None where none are fetched, or those that were are old."""
    if not config.current().exchange_rates_url:
        return None
    kept = latest()
    return kept if kept is not None and kept.is_good(clock.now().date()) else None


def latest() -> DailyRates | None:
    """The rates that were fetched last, however old; None where there are none."""
    rows = session().execute(select(ExchangeRate.currency, ExchangeRate.day, ExchangeRate.per_euro)).all()
    return DailyRates(rows[0].day, {row.currency: row.per_euro for row in rows}) if rows else None
