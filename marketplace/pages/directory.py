"""The directory: what its address asks for, who is shown, links that ask for more or less."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from flask_limiter.util import get_remote_address
from marshmallow import Schema, ValidationError

from marketplace import config, money
from marketplace.asks.demand import service as unmet_demand
from marketplace.coaches import rules
from marketplace.coaches.directory import queries as directory_queries
from marketplace.coaches.directory.price_order import directory_by_price
from marketplace.coaches.directory.queries import DirectoryCriteria, FilterCounts
from marketplace.coaches.directory.schemas import DirectoryFilterSchema
from marketplace.coaches.queries import ResultPage
from marketplace.coaches.spoken_languages.rules import language_name
from marketplace.error_answers import invalid
from marketplace.errors import Invalid
from marketplace.exchange_rates import queries as exchange_rates
from marketplace.languages import gettext as _
from marketplace.pages import coach_cards
from marketplace.pages.coach_cards import CoachCard, Comparison
from marketplace.scheduling.queries import search as search_queries
from marketplace.scheduling.schemas.search import SearchSchema

FILTERS = ("text", "kind", "topic", "language", "max_price", "currency")
TIMES = ("minutes", "first", "last", "start", "end", "weekdays")
SOONEST, NEWEST, PRICE = "soonest", "newest", "price"
SORTS = (NEWEST, SOONEST, PRICE)
# Before Monday is 0: Saturday and Sunday.
WEEKEND, EVENING = "5,6", ("17:00", "22:00")
MOST_NEAREST = 3


@dataclass(frozen=True)
class FilterLink:
    """What one presses to look for it, or, where it is looked for already, to leave it out; how many it would leave."""

    words: str
    address: str
    chosen: bool = False
    coaches: int | None = None


@dataclass(frozen=True)
class DirectoryPage:
    """Everything that the directory shows; `given_up` is the filter without which the nearest fit."""

    wanted: dict[str, str]
    cards: Sequence[CoachCard]
    next_cursor: str | None
    counts: FilterCounts | None
    errors: dict[str, list[str]]
    nearest: Sequence[CoachCard] = ()
    given_up: str = ""

    @property
    def by_time(self) -> bool:
        """Is it asked who has time?"""
        return bool(self.wanted.keys() & set(TIMES)) or self.sort == SOONEST

    @property
    def sort(self) -> str:
        """The order: by time where times are asked for."""
        return _sort(self.wanted)


def _sort(wanted: dict[str, str]) -> str:
    if wanted.keys() & set(TIMES):
        return SOONEST
    return wanted.get("sort", NEWEST) if wanted.get("sort") in SORTS else NEWEST


def asked() -> dict[str, str]:
    """What the address asks for, by name."""
    names = (*FILTERS, *TIMES, "sort")
    return {name: value for name in names if (value := ",".join(request.args.getlist(name)).strip(" ,"))}


def comparison(wanted: dict[str, str]) -> Comparison:
    """The currency in which prices are compared, and the rates there are."""
    offered = config.current().offered_currencies()
    chosen = wanted.get("currency", "").lower()
    return Comparison(chosen if chosen in offered else config.current().main_currency(), exchange_rates.current())


def found(wanted: dict[str, str], zone: str) -> DirectoryPage:
    """Who fits what is asked for, on the viewer's own clock."""
    try:
        return _by_time(wanted, zone) if _sort(wanted) == SOONEST else _listed(wanted)
    except Invalid as refusal:
        return DirectoryPage(wanted, [], None, None, refusal.fields)


def _by_time(wanted: dict[str, str], zone: str) -> DirectoryPage:
    times = {name: wanted[name] for name in TIMES if name in wanted}
    asked_for = _loaded(wanted, SearchSchema(), {**times, "zone": zone})
    compared, page = comparison(wanted), search_queries.search(**asked_for)
    cards = coach_cards.of_results(page.items, compared)
    shown = DirectoryPage(wanted, cards, page.next_cursor, None, {})
    if cards or page.next_cursor or asked_for["after"]:
        return shown
    if asked_for["windows"] is not None:
        soonest = search_queries.search(asked_for["criteria"], limit=MOST_NEAREST).items
        if soonest:
            return DirectoryPage(wanted, [], None, None, {}, coach_cards.of_results(soonest, compared), "times")
    return _with_nearest(shown, _criteria(_loaded(wanted)))


def _listed(wanted: dict[str, str]) -> DirectoryPage:
    given = _loaded(wanted)
    paging = {name: given.pop(name) for name in ("after", "limit") if name in given}
    criteria, compared = _criteria(given), comparison(wanted)
    counts = directory_queries.filter_counts(criteria)
    page: ResultPage[directory_queries.Listing]
    if _sort(wanted) == PRICE:
        order = {"currency": compared.currency, "rates": compared.rates, "few": counts.total is not None}
        page = directory_by_price(criteria, **order, **paging)  # type: ignore[arg-type]
    else:
        page = directory_queries.directory(criteria, **paging)
    shown = DirectoryPage(wanted, coach_cards.of_listings(page.items, compared), page.next_cursor, counts, {})
    return shown if page.items or "after" in paging else _with_nearest(shown, criteria)


def _with_nearest(shown: DirectoryPage, criteria: DirectoryCriteria) -> DirectoryPage:
    """The same with those who would fit if one filter were given up."""
    looked_for = shown.wanted.get("topic") or shown.wanted.get("text", "")
    unmet_demand.note_search_without_hit(
        looked_for, language=shown.wanted.get("language"), visitor=get_remote_address()
    )
    nearest = directory_queries.closest(criteria, limit=MOST_NEAREST)
    if nearest is None:
        return shown
    given_up, listings = nearest
    cards = coach_cards.of_listings(listings, comparison(shown.wanted))
    return DirectoryPage(shown.wanted, [], None, shown.counts, {}, cards, given_up)


def _criteria(given: dict[str, Any]) -> DirectoryCriteria:
    names = ("kind", "topic", "language", "text", "currency", "max_price_cents")
    return DirectoryCriteria(**{name: given[name] for name in names if given.get(name) not in {None, ""}})


def _loaded(
    wanted: dict[str, str], schema: Schema | None = None, times: dict[str, str] | None = None
) -> dict[str, Any]:
    """The filters of the address as the query takes them; the highest price is typed as an amount."""
    given: dict[str, Any] = {name: wanted[name] for name in FILTERS if name in wanted} | (times or {})
    # A currency alone says in what prices are compared; it leaves nobody out.
    currency = given.pop("currency", config.current().main_currency())
    if "max_price" in given:
        try:
            given |= {"max_price": money.parse(given["max_price"], currency), "currency": currency}
        except ValueError as error:
            raise Invalid(max_price=_("Write an amount like 80.00, and choose its currency.")) from error
    if "after" in request.args:
        given["after"] = request.args["after"]
    try:
        loaded: dict[str, Any] = (schema or DirectoryFilterSchema()).load(given)
    except ValidationError as error:
        raise invalid(error.messages) from error
    return loaded


def address(wanted: dict[str, str], *without: str, **more: Any) -> str:
    """The directory with these filters, some left out and some more."""
    kept = {name: value for name, value in wanted.items() if name not in without}
    return url_for("coaches.directory", **(kept | more))


def removed_with(name: str) -> tuple[str, ...]:
    """Which filters of the address go when one is given up."""
    return {"times": (*TIMES, "sort"), "max_price_cents": ("max_price",)}.get(name, (name,))


def presets(wanted: dict[str, str], today: date) -> list[FilterLink]:
    """Times that many look for, each a link."""
    tomorrow = (today + timedelta(days=1)).isoformat()
    chosen = {
        _("Any time"): {},
        _("Tomorrow"): {"first": tomorrow, "last": tomorrow},
        _("Evenings"): {"start": EVENING[0], "end": EVENING[1]},
        _("At the weekend"): {"weekdays": WEEKEND},
    }
    now = {name: wanted[name] for name in TIMES if name in wanted}
    return [
        FilterLink(words, address(wanted, *TIMES, "sort", **times), times == now) for words, times in chosen.items()
    ]


def orders(wanted: dict[str, str]) -> list[FilterLink]:
    """The orders there are; those that know no times leave them out."""
    words = {NEWEST: _("Newest first"), SOONEST: _("Soonest free first"), PRICE: _("Lowest hourly price first")}
    now = _sort(wanted)
    return [
        FilterLink(words[each], address(wanted, *(() if each == SOONEST else TIMES), "sort", sort=each), each == now)
        for each in SORTS
    ]


def filter_links(page: DirectoryPage) -> list[tuple[str, list[FilterLink]]]:
    """What one can narrow by, under its heading; of what is chosen already, the way to leave it out."""
    counts = page.counts
    words: dict[str, Callable[[str], str]] = {"kind": rules.kind_name, "topic": str, "language": language_name}
    headings = {"kind": _("Kind of help"), "topic": _("Topic"), "language": _("Language")}
    known = {"kind": counts.kinds, "topic": counts.topics, "language": counts.languages} if counts else {}
    groups = []
    for name, heading in headings.items():
        if name in page.wanted:
            spoken = words[name](page.wanted[name])
            links = [FilterLink(spoken, address(page.wanted, name), chosen=True)]
        else:
            links = [
                FilterLink(words[name](term), address(page.wanted, **{name: term}), coaches=coaches)
                for term, coaches in known.get(name, ())
            ]
        if links:
            groups.append((heading, links))
    return groups
