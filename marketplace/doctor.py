"""The doctor: whether everything that this installation needs answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import text

from marketplace import clock, config, jobs
from marketplace.db import session
from marketplace.errors import FairhourError
from marketplace.invariants import queries as invariant_queries
from marketplace.notifications import queries as notifications
from marketplace.payments.stripe_gateway import account_setup
from marketplace.payments.stripe_gateway import connect as stripe_connect
from marketplace.stripe_inbox import queries as stripe_events
from marketplace.stripe_inbox import rules as stripe_event_rules


@dataclass(frozen=True)
class HealthCheck:
    """One thing that must be well, and what was found."""

    name: str
    well: bool
    found: str


def checks() -> list[HealthCheck]:
    """Check everything that this installation needs to run; nothing raises."""
    return [
        _check("settings", _settings),
        _check("database", _database),
        stripe_answers(),
        _check("stripe account", _stripe_account),
        _check("currencies", _currencies),
        *(_check(f"webhooks {kind}", partial(_webhooks, kind)) for kind in stripe_event_rules.KINDS),
        worker(),
        _check("failed jobs", lambda: _none(jobs.count_failed(), "failed")),
        _check("mail", lambda: _none(notifications.counts()["failed"], "could not be sent")),
        _check("events", _events),
        _check("invariants", _invariants),
    ]


def _check(name: str, look: Callable[[], HealthCheck]) -> HealthCheck:
    try:
        found = look()
    except (FairhourError, OSError) as error:
        return HealthCheck(name, False, error.for_admins if isinstance(error, FairhourError) else str(error))
    return HealthCheck(name, found.well, found.found)


def _settings() -> HealthCheck:
    settings = config.current()
    return HealthCheck("", True, f"{settings.app_env}, {settings.public_url}")


def _database() -> HealthCheck:
    version = session().scalar(text("select split_part(version(), ' ', 2)"))
    return HealthCheck("", True, f"PostgreSQL {version}")


def stripe_answers() -> HealthCheck:
    """Does Stripe answer, and take our key? Nothing raises."""
    return _check("stripe", _stripe)


def _stripe() -> HealthCheck:
    next(stripe_connect.balance_lines(clock.now() - timedelta(minutes=1)), None)
    return HealthCheck("", True, f"answers at {config.current().stripe_api_base}")


def _stripe_account() -> HealthCheck:
    """May our account take charges, and is it where the settings say?"""
    account, settings = account_setup.own_account(), config.current()
    if not account.takes_charges:
        return HealthCheck("", False, "Stripe lets your account take no charges yet: finish it in the dashboard")
    if account.country != settings.stripe_country:
        return HealthCheck(
            "", False, f"it is in {account.country}: set STRIPE_COUNTRY, which is {settings.stripe_country}"
        )
    return HealthCheck("", True, f"in {account.country}, takes charges")


def _currencies() -> HealthCheck:
    """Which of the currencies that are offered does Stripe convert? That works, and costs part of each price."""
    account, offered = account_setup.own_account(), config.current().offered_currencies()
    converted = [code.upper() for code in offered if code not in account.held_currencies]
    if not converted:
        return HealthCheck("", True, "all that CURRENCIES names are settled as they are paid")
    home = account.home_currency.upper()
    advice = "add a bank account in each at Stripe, or leave it out of CURRENCIES"
    return HealthCheck("", True, f"Stripe converts {', '.join(converted)} into {home}, at its rate and fee: {advice}")


def _webhooks(kind: str) -> HealthCheck:
    """Is every event sent to the endpoint of that kind?"""
    address = f"{config.current().public_url}/webhooks/stripe/{kind}"
    points = [point for point in account_setup.event_destinations() if point.url == address]
    if not points:
        return HealthCheck("", False, f"no endpoint at {address}: add one in Stripe's dashboard")
    enabled = [point for point in points if point.enabled]
    if not enabled:
        return HealthCheck("", False, f"the endpoint at {address} is switched off")
    missing = min((point.lacks(stripe_event_rules.EVENTS[kind]) for point in enabled), key=len)
    return HealthCheck("", not missing, f"{address} is not sent {', '.join(missing)}" if missing else address)


def worker() -> HealthCheck:
    """Is anybody doing the jobs?"""
    age = jobs.heartbeat_age()
    if age is None:
        return HealthCheck("worker", False, "none was ever heard of: start one")
    seconds = int(age.total_seconds())
    return HealthCheck("worker", seconds <= config.current().worker_stalled_seconds, f"heard of {seconds} s ago")


def _events() -> HealthCheck:
    stuck = stripe_events.unhandled(clock.now() - 2 * stripe_event_rules.LOST_AFTER)
    return _none(len(stuck), "not handled for minutes")


def _invariants() -> HealthCheck:
    """What the latest evaluation found; a young installation has none yet."""
    summary = invariant_queries.summary()
    if summary.age is None:
        return HealthCheck("", True, "not evaluated yet")
    minutes = int(summary.age.total_seconds() // 60)
    told = f"{len(summary.broken)} broken" + (f" ({', '.join(summary.broken)})" if summary.broken else "")
    return HealthCheck("", not summary.broken, f"{told} of {summary.evaluated}, evaluated {minutes} min ago")


def _none(count: int, what: str) -> HealthCheck:
    return HealthCheck("", count == 0, f"{count} {what}")
