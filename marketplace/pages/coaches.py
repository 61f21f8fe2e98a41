"""What everybody may see of coaches: the directory, rate cards, free times."""

import uuid
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock, config
from marketplace.authentication.access import chosen_zone, kept_zone, viewers_zone
from marketplace.coaches import queries, rules
from marketplace.coaches.spoken_languages.rules import language_name
from marketplace.errors import NotFound
from marketplace.exchange_rates import queries as exchange_rates
from marketplace.http import viewer
from marketplace.languages import formats
from marketplace.pages import directory as pages_directory
from marketplace.pages import free_time_pages, rate_cards, zone_search
from marketplace.policies import queries as policies
from marketplace.request_limits import costs

bp = Blueprint("coaches", __name__)


@bp.app_template_filter("kind")
def kind_spoken(kind: str) -> str:
    """'career_coach' as 'Career coach'."""
    return rules.kind_name(kind)


@bp.app_template_filter("host")
def host(url: str) -> str:
    """The site that an address leads to: 'example.org'."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@bp.app_template_filter("language")
def language_spoken(code: str) -> str:
    """'de' as 'German'."""
    return language_name(code)


@bp.app_template_filter("local_clock")
def local_clock(instant: datetime, zone: str) -> str:
    """'18:00', on the clock of a zone."""
    return formats.clock_time(instant.astimezone(ZoneInfo(zone)))


@bp.app_template_filter("file_size")
def file_size(size_bytes: int) -> str:
    """'2.1 MB'."""
    return formats.file_size(size_bytes)


@bp.app_template_filter("markdown")
def markdown(text: str) -> str:
    """Markdown as HTML that is safe to show."""
    return rules.about_html(text)


@bp.get("/coaches")
@costs(5, searching=10)
def directory() -> ResponseReturnValue:
    """Coaches with something to book, or those who have time when it suits; the filters stand in the address."""
    wanted, zone = pages_directory.asked(), _zone()
    page, today = pages_directory.found(wanted, zone), clock.today(zone)
    return render_template(
        "coaches/directory.html",
        page=page,
        wanted=wanted,
        errors=page.errors,
        zone=zone,
        chosen_zone=chosen_zone(),
        today=today,
        weekdays=[(number, formats.weekday(number, width="abbreviated")) for number in formats.weekdays()],
        chosen_days=set(wanted.get("weekdays", "").split(",")),
        presets=pages_directory.presets(wanted, today),
        orders=pages_directory.orders(wanted),
        filters=pages_directory.filter_links(page),
        currencies=[(code, code.upper()) for code in config.current().offered_currencies()],
        comparison=pages_directory.comparison(wanted),
        start=pages_directory.address(wanted) if "after" in request.args else None,
        more=pages_directory.address(wanted, after=page.next_cursor) if page.next_cursor else None,
        without=lambda name: pages_directory.address(wanted, *pages_directory.removed_with(name)),
    ), 422 if page.errors else 200


@bp.get("/coaches/order")
def order() -> ResponseReturnValue:
    """In which order coaches are shown, and what plays no part in it."""
    return render_template("coaches/order.html", rates=exchange_rates.current())


@bp.get("/@<handle>")
@costs(1)
def rate_card(handle: str) -> ResponseReturnValue:
    """A coach's rate card; the coach and admins see it before it is public."""
    coach = queries.visible_by_handle(viewer(), handle)
    zone = _zone()
    page = render_template("coaches/rate_card.html", zone=zone, chosen_zone=chosen_zone(), **rate_cards.of(coach, zone))
    return kept_zone(make_response(page))


@bp.get("/@<handle>/<uuid:offering_id>")
@costs(1)
def slots(handle: str, offering_id: uuid.UUID) -> ResponseReturnValue:
    """The free times of an offering: a month, in it a day, in it the times, on the viewer's own clock."""
    offering = queries.offering_for_booking(offering_id)
    if offering.coach.handle != handle.lower():
        raise NotFound
    zone = _zone()
    shown = free_time_pages.of(offering, zone)
    page = render_template(
        "coaches/slots.html",
        offering=offering,
        coach=offering.coach,
        zone=zone,
        chosen_zone=chosen_zone(),
        shown=shown,
        weekdays=[(formats.weekday(day), formats.weekday(day, width="abbreviated")) for day in formats.weekdays()],
        place=request.args.get("place", ""),
        zone_address=lambda zone: url_for(
            ".slots", handle=handle, offering_id=offering_id, day=request.args.get("day"), zone=zone
        ),
        zones_found=zone_search.search(request.args.get("place", "")),
        policy=policies.terms_of(policies.current(offering.policy_id)),
        now=clock.now(),
    )
    return kept_zone(make_response(page))


def _zone() -> str:
    """The profile's zone; for a visitor the one that was chosen, or the browser's."""
    return chosen_zone() or viewers_zone()
