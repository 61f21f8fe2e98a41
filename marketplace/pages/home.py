"""The front page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace import config
from marketplace.authentication.access import chosen_zone
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.coaches.directory import queries as directory
from marketplace.coaches.directory.queries import DirectoryCriteria
from marketplace.exchange_rates import queries as exchange_rates
from marketplace.languages import formats
from marketplace.pages import coach_cards
from marketplace.pages.coach_cards import CoachCard, Comparison
from marketplace.policies import queries as policies
from marketplace.request_limits import costs
from marketplace.scheduling.queries.criteria import SearchCriteria
from marketplace.scheduling.queries.search import search

bp = Blueprint("home", __name__)

MOST_SHOWN = 4


@bp.get("/")
@costs(3)
def front() -> ResponseReturnValue:
    """What this is, who is free soon, and what one keeps as a coach."""
    settings = config.current()
    currency = settings.main_currency()
    example_cents = settings.floor_hour.cents(currency) * 4
    share_cents, _fee_cents = earning_rules.shares(example_cents, int(settings.fee_percent * 100))
    return render_template(
        "home.html",
        house=policies.house_terms(),
        currency=currency,
        kinds=directory.filter_counts(DirectoryCriteria()).kinds,
        cards=_free_soon(Comparison(currency, exchange_rates.current())),
        kept_percent=formats.trimmed(100 - settings.fee_percent),
        loyal_percent=formats.trimmed(100 - settings.loyal_fee_percent),
        loyal_after_cents=settings.loyal_after.cents(currency),
        example_cents=example_cents,
        example_share_cents=share_cents,
        chosen_zone=chosen_zone(),
    )


def _free_soon(comparison: Comparison) -> list[CoachCard]:
    """Those whose next time begins first."""
    return coach_cards.of_results(search(SearchCriteria(), limit=MOST_SHOWN).items, comparison)
