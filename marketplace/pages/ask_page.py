"""The page of an ask, for whoever asked and for its coach, with what was typed."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import render_template

from marketplace import clock
from marketplace.asks import queries
from marketplace.asks.models import Ask
from marketplace.asks.payers import rules as payer_rules
from marketplace.asks.quotes import queries as quote_queries
from marketplace.asks.quotes import rules as quote_rules
from marketplace.asks.quotes.models import Quote
from marketplace.asks.quotes.offered_times import queries as offered_times
from marketplace.asks.referrals import queries as referrals
from marketplace.asks.rules import states
from marketplace.asks.rules.brief import MOST_POINTS, PAYERS
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import ngettext
from marketplace.pages.ask_others import typed_as
from marketplace.unpaid_time.grants import queries as grant_queries
from marketplace.unpaid_time.grants import rules as grant_rules

# Within what a card's authorisation is held.
DELIVERY_DAYS = ("1", "2", "3", "4", "5")


def ask_page(ask_id: uuid.UUID, **shown: Any) -> str:
    """The page of an ask as the viewer may see it."""
    ask = queries.one(actor(), ask_id)
    is_coach = ask.coach.user_id == actor().id
    waits = ask.status in states.WAITING
    quotes = quote_queries.of_ask(ask.id)
    return render_template(
        "asks/show.html",
        ask=ask,
        is_coach=is_coach,
        waits=waits,
        quote=quotes[0] if quotes else None,
        without_time=not is_coach and _may_be_a_credit(quotes),
        may_name_payer=not is_coach and bool(quotes) and payer_rules.may_be_named(ask.origin, quotes[0].status),
        grant=grant_queries.of_ask(ask.id),
        grant_names=grant_rules.STATUS_NAMES,
        grant_left=grant_queries.left_of(ask.coach) if is_coach and waits else 0,
        quote_names=quote_rules.STATUS_NAMES,
        quote_tone="warm" if quotes and quotes[0].status in quote_rules.LIVE else "quiet",
        named=referrals.named_still(ask.referred_to_id) if ask.referred_to_id else None,
        typed_ask=typed_as(ask.brief) | {"look": "yes"},
        to_name=_to_name(ask) if is_coach and waits else [],
        card_price=queries.price_of(ask.coach, ask.minutes, ask.kind) if is_coach and waits else None,
        forms=[(name, str(words)) for name, words in quote_rules.FORMS.items()],
        delivery_days=[(day, ngettext("%(num)s day", "%(num)s days", int(day))) for day in DELIVERY_DAYS],
        times_to_offer=_times_to_offer(ask) if is_coach and waits else [],
        names=states.STATUS_NAMES,
        payer=str(PAYERS[ask.payer]),
        most_points=MOST_POINTS,
        declines=[
            (reason, str(words), queries.sentence_for(ask.coach_id, reason))
            for reason, words in states.DECLINE_NAMES.items()
        ]
        if is_coach and waits
        else [],
        **{"typed": {}, "quoted": {}, "granted": {}, "errors": None} | shown,
    )


def _times_to_offer(ask: Ask) -> list[tuple[str, str]]:
    return [(each.isoformat(), clock.spoken(each, ask.coach.timezone)) for each in offered_times.to_offer(ask)]


def _to_name(ask: Ask) -> list[tuple[str, str]]:
    """Coaches who may be named with a no, if there are any, and nobody."""
    found = [(coach.handle, coach.user.name) for coach in referrals.to_name(ask)]
    return [("", _("Nobody")), *found] if found else []


def _may_be_a_credit(found: Sequence[Quote]) -> bool:
    """May the newest quote be taken without a time now?"""
    return bool(found) and found[0].status == quote_rules.SENT and quote_queries.credit_refused(found[0]) is None
