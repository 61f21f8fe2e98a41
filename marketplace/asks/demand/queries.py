"""Unmet demand by topic and language; no count is below five."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.asks.demand.rules import FEWEST, LOOKED_BACK_DAYS
from marketplace.asks.rules.states import DECLINED, LAPSED, OPEN
from marketplace.coaches.queries import profile_of
from marketplace.db import session
from marketplace.errors import NotFound

SORTS = ("topic", "language", "declined", "lapsed", "waiting", "searched")


@dataclass(frozen=True)
class UnmetDemand:
    """Of a topic (empty: none of the coach's was named) in a language, how many; None where they are too few to say."""

    topic: str
    language: str
    declined: int | None
    lapsed: int | None
    waiting: int | None
    searched: int | None


# An ask counts for the topics of its coach that it names. People are counted, not asks: one who asks often is one.
_COUNTED = """
with asked as (
    select unnest(named.topics) as topic, split_part(coalesce(nullif(u.locale, ''), :locale), '-', 1) as language,
        a.status, a.asker_id
    from asks a join coaches c on c.id = a.coach_id join users u on u.id = a.asker_id
    cross join lateral (
        select coalesce(array_agg(distinct lower(topic)), array['']) as topics from unnest(c.topics) topic
        where position(lower(topic) in lower(a.about || ' ' || a.aim)) > 0
    ) named
    where a.status in (:declined, :lapsed, :open) and a.sent_at >= :since
),
people as (
    select topic, language,
        count(distinct asker_id) filter (where status = :declined) as declined,
        count(distinct asker_id) filter (where status = :lapsed) as lapsed,
        count(distinct asker_id) filter (where status = :open) as waiting
    from asked group by topic, language
),
missed as (
    select topic, language, sum(searches) as searched from search_misses
    where day >= :since_day group by topic, language
),
told as (
    select topic, language,
        case when declined >= :fewest then declined end as declined,
        case when lapsed >= :fewest then lapsed end as lapsed,
        case when waiting >= :fewest then waiting end as waiting,
        case when searched >= :fewest then searched::int end as searched
    from people full join missed using (topic, language)
)
select topic, language, declined, lapsed, waiting, searched from told
where coalesce(declined, lapsed, waiting, searched) is not null and (:everything or topic = any(:topics))
"""


def of_coach(
    actor: User, *, mine: bool, sort: str = "topic", descending: bool = False, offset: int = 0, limit: int = 100
) -> Sequence[UnmetDemand]:
    """Of the actor's own topics, or of all; NotFound for who is no coach."""
    topics = profile_of(actor).topics
    return _found(topics if mine else None, sort=sort, descending=descending, offset=offset, limit=limit)


def of_all(
    actor: User, *, sort: str = "topic", descending: bool = False, offset: int = 0, limit: int | None = 100
) -> Sequence[UnmetDemand]:
    """The same of all topics, for admins; NotFound for others."""
    if not actor.is_admin:
        raise NotFound
    return _found(None, sort=sort, descending=descending, offset=offset, limit=limit)


def _found(
    topics: Collection[str] | None, *, sort: str, descending: bool, offset: int, limit: int | None
) -> Sequence[UnmetDemand]:
    if sort not in SORTS:
        raise ValueError(sort)
    since = clock.now() - timedelta(days=LOOKED_BACK_DAYS)
    order = (
        f" order by {sort} {'desc' if descending else 'asc'} nulls last, topic, language offset :offset limit :limit"
    )
    rows = session().execute(
        text(_COUNTED + order),
        {
            "locale": config.current().default_locale,
            "declined": DECLINED,
            "lapsed": LAPSED,
            "open": OPEN,
            "since": since,
            "since_day": since.date(),
            "fewest": FEWEST,
            "everything": topics is None,
            "topics": [each.lower() for each in topics or ()],
            "offset": offset,
            "limit": limit,
        },
    )
    return [UnmetDemand(*row) for row in rows]
