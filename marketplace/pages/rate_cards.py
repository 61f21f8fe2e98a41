"""What a coach's page shows: what is offered, its rules, when next, how often it took place."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from marketplace import config, money
from marketplace.asks.answering.queries import sentence_of
from marketplace.asks.published_answers.queries import count_public
from marketplace.bookings.listings.queries import count_held
from marketplace.coaches import queries, rules
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.shelf import queries as shelves
from marketplace.coaches.shelf.rules import KINDS_OF_ITEM
from marketplace.documents.rate_cards import MOST_ROWS, RateCard, RateCardRow
from marketplace.exchange_rates import queries as exchange_rates
from marketplace.files.rules.addresses import addresses
from marketplace.languages import current, ngettext
from marketplace.pages.coach_cards import Comparison
from marketplace.pages.discovery import described, public_address
from marketplace.policies import queries as policies
from marketplace.policies.models import PolicyVersion
from marketplace.policies.rules import spoken
from marketplace.scheduling.queries import free_times, search
from marketplace.sponsorships import queries as sponsorships
from marketplace.sponsorships.rules import ACTS

SHOWN_DAYS, LOOKED_AT = 3, timedelta(days=7)


@dataclass(frozen=True)
class NextTimes:
    """The first times of the next few days, of the offering that is free first."""

    offering: Offering | None
    times: Sequence[datetime]


def of(coach: Coach, zone: str) -> dict[str, Any]:
    """What the page is given."""
    offerings = queries.bookable_offerings_of(coach.id)
    public = rules.is_public(coach.status)
    known: dict[uuid.UUID | None, PolicyVersion] = {said.policy_id: said for said in policies.listed()}
    house = next(said for said in known.values() if said.policy.is_house)
    followed = {each.id: known.get(each.policy_id, house) for each in offerings}
    versions = list({said.id: said for said in followed.values()}.values())
    free = _next_times(coach, zone) if public else NextTimes(None, [])
    return {
        "coach": coach,
        "offerings": offerings,
        "public": public,
        "about": described(coach, offerings),
        "oembed": public_address("embedding.oembed", url=public_address("coaches.rate_card", handle=coach.handle)),
        "image": _image(coach),
        "all_back": {offering_id: spoken(said.tiers[0][0]) for offering_id, said in followed.items()},
        "policy": policies.terms_of(versions[0]) if len(versions) == 1 else None,
        "held_sessions": count_held(coach.id),
        "answering": sentence_of(coach.id),
        "register": sponsorships.register_of(coach.id),
        "acts_of_sponsorship": ACTS,
        "public_answers": count_public(coach.id),
        "shelf": shelves.of_coach(coach.id),
        "shelf_kinds": KINDS_OF_ITEM,
        "next_offering": free.offering,
        "next_times": free.times,
        "comparison": Comparison(config.current().main_currency(), exchange_rates.current()),
    }


def as_picture(coach: Coach, offerings: Sequence[Offering]) -> RateCard:
    """The rate card as it is drawn, in the language of the context."""
    hidden = max(len(offerings) - MOST_ROWS, 0)
    return RateCard(
        name=coach.user.name,
        headline=coach.headline,
        rows=tuple(
            RateCardRow(
                title=each.title,
                length=ngettext("%(num)s minute", "%(num)s minutes", each.minutes),
                price=money.spoken(each.price_cents, each.currency),
            )
            for each in offerings[:MOST_ROWS]
        ),
        more=ngettext("and %(num)s more", "and %(num)s more", hidden) if hidden else "",
        address=f"{config.current().public_url}/@{coach.handle}".partition("://")[2],
        site=config.current().site_name,
        language=current().content_language.partition("-")[0],
    )


def _image(coach: Coach) -> str | None:
    """The whole address of the portrait, for those who show a link."""
    if coach.portrait_id is None:
        return None
    return urljoin(config.current().public_url, addresses(coach.portrait_id)["large"])


def _next_times(coach: Coach, zone: str) -> NextTimes:
    found = search.next_times([coach.id]).get(coach.id)
    if found is None:
        return NextTimes(None, [])
    offering = queries.offering_for_booking(found.offering.id)
    first_of_days: dict[object, datetime] = {}
    for time in free_times.free_times(offering, start=found.starts_at, end=found.starts_at + LOOKED_AT):
        first_of_days.setdefault(time.astimezone(ZoneInfo(zone)).date(), time)
    return NextTimes(offering, list(first_of_days.values())[:SHOWN_DAYS])
