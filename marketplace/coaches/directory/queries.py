"""Reading the directory: who fits, and how many each further filter would leave."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, literal, select, union_all

from marketplace import config
from marketplace.coaches import rules
from marketplace.coaches.models import Coach, DirectoryTerm, Offering
from marketplace.coaches.queries import ResultPage, public_coaches
from marketplace.coaches.spoken_languages.rules import language_code
from marketplace.coaches.words.queries import mentions
from marketplace.db import session
from marketplace.errors import Invalid

# Among so many coaches it is counted what they do; where more fit, the counts are left out.
MOST_COUNTED = 3000
MOST_TOPICS = 12
# Which filter is given up first where nobody fits all of them: what is a wish, before what is the matter.
GIVEN_UP = ("max_price_cents", "language", "kind", "topic", "text")


@dataclass(frozen=True)
class Listing:
    """A coach in the directory with their lowest price, and the lowest for an hour, in cents of `currency`."""

    coach: Coach
    from_cents: int
    hour_cents: int

    @property
    def currency(self) -> str:
        """The coach's."""
        return self.coach.currency


@dataclass(frozen=True)
class DirectoryCriteria:
    """What a coach is looked for by; None: anything. `max_price_cents` needs its `currency`."""

    kind: str | None = None
    topic: str | None = None
    language: str | None = None
    text: str | None = None
    currency: str | None = None
    max_price_cents: int | None = None

    @property
    def is_open(self) -> bool:
        """Does everybody fit?"""
        return (
            not any((self.kind, self.topic, self.language, self.text, self.currency)) and self.max_price_cents is None
        )

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a coach must meet. Words are made ready for the transaction."""
        wanted: list[ColumnElement[bool]] = []
        if self.kind:
            wanted.append(Coach.kinds.contains([self.kind]))
        if self.topic:
            wanted.append(Coach.topics.contains([rules.topic(self.topic)]))
        if self.language:
            wanted.append(Coach.languages.contains([language_code(self.language) or self.language]))
        if self.currency:
            wanted.append(Coach.currency == self.currency)
        if self.max_price_cents is not None:
            priced = Offering.active, Offering.currency == self.currency, Offering.price_cents <= self.max_price_cents
            wanted.append(Coach.id.in_(select(Offering.coach_id).where(*priced)))
        if self.text:
            wanted.append(mentions(self.text))
        return wanted


@dataclass(frozen=True)
class FilterCounts:
    """How many coaches fit, and how many of them each further filter would leave, the most first.

    `total` is None where more than MOST_COUNTED fit: then there are no counts.
    """

    total: int | None
    kinds: Sequence[tuple[str, int]]
    topics: Sequence[tuple[str, int]]
    languages: Sequence[tuple[str, int]]


def _lowest(cents: SQLColumnExpression[int]) -> ColumnElement[int]:
    payable = Offering.currency.in_(config.current().offered_currencies())
    priced = and_(Offering.coach_id == Coach.id, Offering.active, payable)
    return select(func.min(cents)).where(priced).correlate(Coach).scalar_subquery()


def with_prices(chosen: Select[Coach]) -> Select[Coach, int, int]:
    """The same coaches with their lowest price and the lowest for an hour; without those who have nothing to book."""
    lowest = _lowest(Offering.price_cents)
    # To the nearest minor unit, as `rules.hour_cents` has it.
    hour = _lowest((2 * Offering.price_cents * 60 + Offering.minutes) // (2 * Offering.minutes))
    return chosen.add_columns(lowest, hour).where(lowest.is_not(None))


def directory(criteria: DirectoryCriteria, *, after: str | None = None, limit: int = 20) -> ResultPage[Listing]:
    """Approved coaches with something to book, the newest first.

    `after` is the cursor of the page before. Raises Invalid for a cursor that is none of ours.
    """
    wanted = criteria.conditions()
    if after:
        wanted.append(Coach.id < _cursor(after))
    chosen = with_prices(public_coaches()).where(*wanted).order_by(Coach.id.desc()).limit(limit + 1)
    rows = [Listing(*row) for row in session().execute(chosen).all()]
    return ResultPage(rows[:limit], str(rows[limit - 1].coach.id) if len(rows) > limit else None)


def listings_of(coach_ids: Sequence[uuid.UUID]) -> list[Listing]:
    """These coaches in this order, with their prices."""
    chosen = with_prices(public_coaches()).where(Coach.id.in_(coach_ids))
    found = {row[0].id: Listing(*row) for row in session().execute(chosen).all()}
    return [found[coach_id] for coach_id in coach_ids if coach_id in found]


def _cursor(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid(after="Take the cursor from the page before.") from error


def closest(criteria: DirectoryCriteria, *, limit: int = 3) -> tuple[str, Sequence[Listing]] | None:
    """Where nobody fits: which one filter to give up, and who fits then; None where that is not enough."""
    for name in GIVEN_UP:
        if getattr(criteria, name) in {None, ""}:
            continue
        fewer = replace(criteria, **{name: None})
        if name == "max_price_cents":
            fewer = replace(fewer, currency=None)
        if found := directory(fewer, limit=limit).items:
            return name, found
    return None


def filter_counts(criteria: DirectoryCriteria) -> FilterCounts:
    """How many fit, and how many each further filter would leave."""
    if criteria.is_open:
        kept = _kept_counts()
        if max((coaches for _, coaches in kept.kinds), default=0) > MOST_COUNTED:
            return kept
    return _counted_among(criteria)


def _kept_counts() -> FilterCounts:
    """Of all approved coaches, by what PostgreSQL keeps counted."""
    kept = select(DirectoryTerm.term, DirectoryTerm.coaches).where(DirectoryTerm.coaches > 0)
    order = DirectoryTerm.coaches.desc(), DirectoryTerm.term

    def of(kind: str, most: int | None = None) -> list[tuple[str, int]]:
        chosen = kept.where(DirectoryTerm.kind == kind).order_by(*order).limit(most)
        return [(row.term, row.coaches) for row in session().execute(chosen)]

    return FilterCounts(None, of("kind"), of("topic", MOST_TOPICS), of("language"))


def _counted_among(criteria: DirectoryCriteria) -> FilterCounts:
    payable = Offering.currency.in_(config.current().offered_currencies())
    bookable = select(Offering.id).where(Offering.coach_id == Coach.id, Offering.active, payable).exists()
    fitting = (
        public_coaches()
        .with_only_columns(Coach.kinds, Coach.topics, Coach.languages)
        .where(bookable, *criteria.conditions())
        .limit(MOST_COUNTED + 1)
        .cte("fitting")
        .prefix_with("materialized", dialect="postgresql")
    )
    total = select(literal("total").label("what"), literal("").label("term"), func.count().label("coaches"))
    parts: list[Select[str, str, int]] = [total.select_from(fitting)]
    for name in ("kinds", "topics", "languages"):
        each = select(func.unnest(fitting.c[name]).label("term")).subquery()
        parts.append(select(literal(name), each.c.term, func.count()).group_by(each.c.term))
    found: dict[str, list[tuple[str, int]]] = {"total": [], "kinds": [], "topics": [], "languages": []}
    for what, term, coaches in session().execute(union_all(*parts)):
        found[what].append((term, coaches))
    ((_, fit),) = found.pop("total")
    if fit > MOST_COUNTED:
        return FilterCounts(None, [], [], [])
    ordered = {name: sorted(counted, key=lambda one: (-one[1], one[0])) for name, counted in found.items()}
    return FilterCounts(fit, ordered["kinds"], ordered["topics"][:MOST_TOPICS], ordered["languages"])
