"""What everybody may see of coaches: the directory, rate cards, free times."""

import uuid
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from marketplace import clock, config, money
from marketplace.authentication.access import viewers_zone
from marketplace.coaches import queries, rules
from marketplace.coaches.models import Offering
from marketplace.coaches.schemas import DirectoryFilterSchema
from marketplace.error_answers import invalid
from marketplace.errors import Invalid, NotFound
from marketplace.http import viewer
from marketplace.pages.discovery import described
from marketplace.pages.weeks import WEEK, asked_week, days_of, midnight, span
from marketplace.policies import queries as policies
from marketplace.policies.models import PolicyVersion
from marketplace.policies.rules import spoken
from marketplace.request_limits import costs
from marketplace.scheduling.queries import free_times
from marketplace.scheduling.queries import search as search_queries
from marketplace.scheduling.schemas.search import SearchSchema

bp = Blueprint("coaches", __name__)

FILTERS = ("text", "kind", "topic", "language", "max_price", "currency")
# Whoever says one of these wants to know who has time.
TIMES = ("minutes", "first", "last", "start", "end", "weekdays", "soonest")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@bp.app_template_filter("kind")
def kind_spoken(kind: str) -> str:
    """'career_coach' as 'Career coach'."""
    return rules.KINDS.get(kind, kind)


@bp.app_template_filter("language")
def language_spoken(code: str) -> str:
    """'de' as 'German'."""
    return rules.language_name(code)


@bp.app_template_filter("markdown")
def markdown(text: str) -> str:
    """Markdown as HTML that is safe to show."""
    return rules.about_html(text)


@bp.get("/coaches")
@costs(5, searching=10)
def directory() -> ResponseReturnValue:
    """Coaches with something to book, or those who have time when it suits; the filters stand in the address."""
    wanted: dict[str, Any] = {
        name: value for name in (*FILTERS, *TIMES) if (value := ",".join(request.args.getlist(name)).strip(" ,"))
    }
    by_time = bool(wanted.keys() & set(TIMES))
    errors: dict[str, list[str]] = {}
    page: queries.ResultPage[Any]
    try:
        page = search_queries.search(**_times(wanted)) if by_time else queries.directory(**_filters(wanted))
    except Invalid as refusal:
        page, errors = queries.ResultPage([], None), refusal.fields
    return render_template(
        "coaches/directory.html",
        page=page,
        wanted=wanted,
        errors=errors,
        by_time=by_time,
        newest={name: wanted[name] for name in FILTERS if name in wanted},
        zone=_zone(),
        weekdays=list(enumerate(WEEKDAYS)),
        chosen_days=set(wanted.get("weekdays", "").split(",")),
        today=clock.now().astimezone(ZoneInfo(_zone())).date(),
        kinds=rules.KINDS,
        currencies=[(code, code.upper()) for code in config.current().offered_currencies()],
        currency=config.current().main_currency(),
        languages=[(code, rules.language_name(code)) for code in queries.languages_in_use()],
        topics=queries.topics_in_use(),
        start=url_for(".directory", **wanted) if "after" in request.args else None,
        more=url_for(".directory", **wanted, after=page.next_cursor) if page.next_cursor else None,
    ), 422 if errors else 200


def _times(wanted: dict[str, Any]) -> dict[str, Any]:
    """The same with the times, on the viewer's own clock."""
    times = {name: wanted[name] for name in TIMES if name in wanted and name != "soonest"}
    return _filters(wanted, SearchSchema(), {**times, "zone": _zone()})


def _filters(
    wanted: dict[str, Any], schema: Schema | None = None, times: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The filters of the address as the query takes them; the highest price is typed as an amount."""
    given: dict[str, Any] = {name: wanted[name] for name in FILTERS if name in wanted} | (times or {})
    # A currency alone says in what the price would be; it leaves nobody out.
    currency = given.pop("currency", config.current().main_currency())
    if "max_price" in given:
        try:
            given |= {"max_price": money.parse(given["max_price"], currency), "currency": currency}
        except ValueError as error:
            raise Invalid(max_price="Write an amount like 80.00, and choose its currency.") from error
    if "after" in request.args:
        given["after"] = request.args["after"]
    try:
        loaded: dict[str, Any] = (schema or DirectoryFilterSchema()).load(given)
    except ValidationError as error:
        raise invalid(error.messages) from error
    return loaded


@bp.get("/@<handle>")
def rate_card(handle: str) -> ResponseReturnValue:
    """A coach's rate card; the coach and admins see it before it is public."""
    coach = queries.visible_by_handle(viewer(), handle)
    offerings = queries.bookable_offerings_of(coach.id)
    known: dict[uuid.UUID | None, PolicyVersion] = {said.policy_id: said for said in policies.listed()}
    house = next(said for said in known.values() if said.policy.is_house)
    return render_template(
        "coaches/rate_card.html",
        coach=coach,
        offerings=offerings,
        all_back={each.id: spoken(known.get(each.policy_id, house).tiers[0][0]) for each in offerings},
        public=rules.is_public(coach.status),
        about=described(coach, offerings),
    )


@bp.get("/@<handle>/<uuid:offering_id>")
@costs(1)
def slots(handle: str, offering_id: uuid.UUID) -> ResponseReturnValue:
    """The free times of an offering, a week a page, on the viewer's own clock."""
    offering = queries.offering_for_booking(offering_id)
    if offering.coach.handle != handle.lower():
        raise NotFound
    zone = _zone()
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    last = today + timedelta(days=offering.horizon_days)
    begins = min(max(asked_week(today), today), last)
    start, end = span(begins, zone)
    days = days_of(free_times.free_times(offering, start=start, end=end), begins, zone)
    return render_template(
        "coaches/slots.html",
        offering=offering,
        coach=offering.coach,
        zone=zone,
        chosen_zone=request.args.get("zone"),
        days=days,
        ends=begins + WEEK - timedelta(days=1),
        earlier=max(begins - WEEK, today) if begins > today else None,
        later=begins + WEEK if begins + WEEK <= last else None,
        next_free=None if any(day.times for day in days) else _next_free(offering, days[-1].date, zone),
        policy=policies.terms_of(policies.current(offering.policy_id)),
        now=clock.now(),
    )


def _zone() -> str:
    """The profile's zone; for a visitor the one that was chosen, or the browser's."""
    chosen = request.args.get("zone", "")
    return chosen if viewer() is None and chosen in clock.zones() else viewers_zone()


def _next_free(offering: Offering, after: date, zone: str) -> date | None:
    """The day of the first free time after a week without any."""
    start = midnight(after + timedelta(days=1), zone)
    free = free_times.free_times(offering, start=start, end=start + timedelta(days=offering.horizon_days))
    return free[0].astimezone(ZoneInfo(zone)).date() if free else None
