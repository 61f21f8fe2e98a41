"""The job that fetches the day's rates."""

import requests
import structlog
from sqlalchemy import delete, insert

from marketplace import clock, config
from marketplace.db import outside_commands, session, transactional
from marketplace.errors import Unavailable
from marketplace.exchange_rates import queries
from marketplace.exchange_rates.models import ExchangeRate
from marketplace.exchange_rates.rules import MOST_BYTES, DailyRates, UnreadableRates, parse

TIMEOUT_SECONDS = 10
log = structlog.get_logger()


def fetch_exchange_rates() -> None:
    """Fetch the rates from where the setting says; without it nothing happens.

    Raises Unavailable where the server does not answer as it should: the job is tried again. What it says and cannot
    be read raises UnreadableRates; the rates that were there before stay.
    """
    address = config.current().exchange_rates_url
    if not address:
        return
    outside_commands()
    _keep(parse(_fetched(address), today=clock.now().date()))


def _fetched(address: str) -> bytes:
    try:
        with requests.get(address, timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False) as answer:
            if answer.status_code != requests.codes.ok:
                raise Unavailable
            body = b""
            for piece in answer.iter_content(8192):
                body += piece
                if len(body) > MOST_BYTES:
                    raise UnreadableRates(f"more than {MOST_BYTES} bytes")
            return body
    except requests.RequestException as error:
        raise Unavailable from error


@transactional
def _keep(rates: DailyRates) -> None:
    """Put them in the place of those before, unless those are newer."""
    kept = queries.latest()
    if kept is not None and kept.day > rates.day:
        return
    session().execute(delete(ExchangeRate))
    rows = [{"currency": code, "day": rates.day, "per_euro": rate} for code, rate in rates.per_euro.items()]
    session().execute(insert(ExchangeRate), rows)
    log.info("exchange_rates.fetched", day=rates.day.isoformat(), currencies=len(rows))
