"""Who is in the directory, in which order, and how many each filter would leave."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from marketplace.coaches.directory import queries as directory_queries
from marketplace.coaches.directory.price_order import PriceCursor, directory_by_price
from marketplace.coaches.directory.queries import DirectoryCriteria, closest, directory, filter_counts
from marketplace.coaches.models import Coach
from marketplace.errors import Invalid
from marketplace.exchange_rates.rules import DailyRates
from tests.factories import a_coach, an_offering

RATES = DailyRates(date(2027, 3, 1), {"eur": Decimal(1), "usd": Decimal("1.1"), "jpy": Decimal(160)})


@pytest.fixture
def town() -> dict[str, Coach]:
    """Four: an hour of ada is 120 dollars, of bea 60 euros (66 dollars), of cleo 8000 yen (55), of dora 90 dollars."""
    prices = {"ada": ("usd", 12000, 60), "bea": ("eur", 3000, 30), "cleo": ("jpy", 8000, 60), "dora": ("usd", 4500, 30)}
    topics = {"ada": ["python"], "bea": ["python", "sql"], "cleo": ["mathematics"], "dora": ["c++"]}
    kinds = {"ada": ["mentor"], "bea": ["mentor", "tutor"], "cleo": ["tutor"], "dora": ["mentor"]}
    found = {}
    for name, (currency, cents, minutes) in prices.items():
        coach = a_coach(name, currency=currency, topics=topics[name], kinds=kinds[name], languages=["en"], headline="x")
        an_offering(coach, price_cents=cents, minutes=minutes, kind=kinds[name][0])
        found[name] = coach
    an_offering(found["ada"], price_cents=40000, minutes=90)
    a_coach("empty", topics=["python"])
    return found


def names(listings: object) -> list[str]:
    return [listing.coach.handle for listing in listings]  # type: ignore[attr-defined]


def by_price(currency: str = "usd", rates: DailyRates | None = RATES, **more: object) -> list[str]:
    criteria = DirectoryCriteria(**{name: more.pop(name) for name in ("topic", "text") if name in more})  # type: ignore[arg-type]
    found, after = [], None
    while True:
        page = directory_by_price(
            criteria, currency=currency, rates=rates, after=after, **{"few": False, "limit": 20} | more
        )  # type: ignore[arg-type]
        found += names(page.items)
        after = page.next_cursor
        if after is None:
            return found


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 20])
def test_prices_of_an_hour_are_compared_at_the_days_rates(town: dict[str, Coach], few: bool, limit: int) -> None:
    assert by_price(few=few, limit=limit) == ["cleo", "bea", "dora", "ada"]


@pytest.mark.parametrize("limit", [1, 20])
@pytest.mark.parametrize(
    ("currency", "order"), [("usd", ["dora", "ada", "bea", "cleo"]), ("jpy", ["cleo", "bea", "dora", "ada"])]
)
def test_without_rates_the_chosen_currency_comes_first(
    town: dict[str, Coach], currency: str, order: list[str], limit: int
) -> None:
    assert by_price(currency, None, limit=limit) == order


def test_filters_hold_in_the_order_of_prices(town: dict[str, Coach]) -> None:
    assert by_price(topic="python", few=True) == ["bea", "ada"]
    assert by_price(text="python", few=False) == ["bea", "ada"]


@pytest.mark.parametrize(
    "cursor", ["x", "W10=", "WyIxIiwgIngiXQ==", PriceCursor(Decimal("NaN"), uuid.UUID(int=0)).sealed()]
)
def test_a_cursor_that_is_none_is_refused(town: dict[str, Coach], cursor: str) -> None:
    with pytest.raises(Invalid):
        directory_by_price(DirectoryCriteria(), currency="usd", rates=None, few=False, after=cursor)


def test_a_listing_has_the_lowest_price_and_the_lowest_for_an_hour(town: dict[str, Coach]) -> None:
    listed = {listing.coach.handle: listing for listing in directory(DirectoryCriteria()).items}
    assert (listed["dora"].from_cents, listed["dora"].hour_cents, listed["dora"].currency) == (4500, 9000, "usd")
    assert (listed["ada"].from_cents, listed["ada"].hour_cents) == (12000, 12000)


def test_each_filter_says_how_many_it_would_leave(town: dict[str, Coach]) -> None:
    counts = filter_counts(DirectoryCriteria())
    assert counts.total == 4
    assert dict(counts.kinds) == {"mentor": 3, "tutor": 2}
    assert counts.topics[0] == ("python", 2)
    assert counts.languages == [("en", 4)]
    among = filter_counts(DirectoryCriteria(kind="tutor"))
    assert (among.total, dict(among.topics)) == (2, {"mathematics": 1, "python": 1, "sql": 1})
    none = filter_counts(DirectoryCriteria(topic="gardening"))
    assert (none.total, none.kinds) == (0, [])


def test_where_very_many_fit_there_is_what_is_kept_counted_or_nothing(
    town: dict[str, Coach], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_queries, "MOST_COUNTED", 1)
    counts = filter_counts(DirectoryCriteria())
    assert (counts.total, dict(counts.kinds)["mentor"]) == (None, 4)
    assert filter_counts(DirectoryCriteria(kind="mentor")) == directory_queries.FilterCounts(None, [], [], [])


@pytest.mark.parametrize(
    ("criteria", "given_up", "found"),
    [
        ({"topic": "python", "currency": "usd", "max_price_cents": 100}, "max_price_cents", ["bea", "ada"]),
        ({"topic": "mathematics", "kind": "mentor"}, "kind", ["cleo"]),
        ({"topic": "gardening", "kind": "tutor"}, "topic", ["cleo", "bea"]),
        ({"text": "nothing of the kind"}, "text", ["dora", "cleo", "bea"]),
    ],
)
def test_where_nobody_fits_the_nearest_are_named(
    town: dict[str, Coach], criteria: dict[str, object], given_up: str, found: list[str]
) -> None:
    assert directory(DirectoryCriteria(**criteria)).items == []  # type: ignore[arg-type]
    nearest = closest(DirectoryCriteria(**criteria))  # type: ignore[arg-type]
    assert nearest is not None
    assert (nearest[0], names(nearest[1])) == (given_up, found)


def test_where_two_wishes_stand_in_the_way_nobody_is_named(town: dict[str, Coach]) -> None:
    assert closest(DirectoryCriteria(topic="gardening", text="wizardry")) is None
    assert closest(DirectoryCriteria()) is None
