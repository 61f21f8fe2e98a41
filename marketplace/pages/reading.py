"""How a visitor reads: in which language, and in which time zone.

Who has an account has it there.
"""

from collections.abc import Iterator
from importlib.metadata import version
from itertools import groupby
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock, languages
from marketplace.accounts import service as accounts
from marketplace.authentication.access import viewers_zone
from marketplace.errors import Invalid
from marketplace.http import viewer
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.localisation import CHOSEN
from marketplace.pages.pictures import FOREVER

bp = Blueprint("reading", __name__)

ZONE = "zone"
# More of them than that are as heavy as all.
MOST_ZONES = 150
A_YEAR_SECONDS = 365 * 24 * 3600


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Read in another language from now on; who has an account, in mails too."""
    wanted = request.form.get("locale", "")
    if wanted not in languages.LANGUAGES:
        raise Invalid(locale=[_("Choose one of the languages at the end of the page.")])
    # Of a language that the browser speaks too, its country is known.
    spoken = (languages.offered(tag) for tag in request.accept_languages.values())
    chosen = next((tag for tag in spoken if tag and tag.split("-")[0] == wanted), wanted)
    session[CHOSEN] = chosen
    if (person := viewer()) is not None:
        hours, weekday = person.hour_cycle, person.first_weekday
        accounts.choose_preferences(person, locale=chosen, hour_cycle=hours, first_weekday=weekday)
    return redirect(_back(), 303)


@bp.get("/time-zones")
def zones() -> ResponseReturnValue:
    """Every time zone to choose from, also without JavaScript: of one area, or those that are searched for."""
    if viewer() is not None:
        return redirect(url_for("account.home"), 303)
    search = request.args.get("search", "").strip()
    found = [zone for zone in _named() if search.casefold() in f"{zone[0]} {zone[1]}".replace("_", " ").casefold()]
    areas = [(area, list(inside)) for area, inside in groupby(found, key=lambda zone: zone[0].partition("/")[0])]
    area = request.args.get("area", "") or viewers_zone().partition("/")[0]
    opened = [name for name, _zones in areas] if search and len(found) <= MOST_ZONES else [area]
    return render_template("time_zones.html", areas=areas, opened=opened, search=search, back=_back(), found=len(found))


@bp.post("/time-zones")
def choose_zone() -> ResponseReturnValue:
    """Show times in another zone from now on."""
    wanted = request.form.get("zone", "")
    if wanted not in clock.zones():
        raise Invalid(zone=[_("Choose a time zone from the list, like Europe/Berlin.")])
    answer = redirect(_back(), 303)
    # The page's script reads it, to leave a choice alone.
    answer.set_cookie(ZONE, wanted, max_age=A_YEAR_SECONDS, samesite="Lax", secure=request.is_secure)
    flash(_("Times are shown in %(place)s time now.", place=formats.place(wanted)), "success")
    return answer


@bp.get("/time-zones.json")
def zone_names() -> Response:
    """The same for a field that is searched while one types; its address names the language and the version."""
    answer = jsonify(list(_named()))
    answer.headers["Cache-Control"] = FOREVER
    return answer


def zone_names_address() -> str:
    """The address of the zones' names in the reader's language, as they are now."""
    return url_for("reading.zone_names", v=f"{version('tzdata')}-{languages.current().language}")


def guessed_zone() -> str:
    """The zone that a visitor's first page is written in, before the browser's own is known; '' where it is known."""
    known = viewer() is not None or request.cookies.get(ZONE, "") in clock.zones() or request.args.get(ZONE)
    return "" if known else viewers_zone()


def way_back() -> str:
    """This page's address, to come back to from a choice; the front page where it is the answer to a form."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def _named() -> Iterator[tuple[str, str]]:
    for zone in clock.zones():
        yield zone, formats.place(zone)


def _back() -> str:
    """Where the visitor was, on this site."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted.replace("\\", "/"))
    ours = wanted.startswith("/") and not wanted.startswith("//") and not parts.netloc and wanted.isprintable()
    return wanted if ours else url_for("home.front")
