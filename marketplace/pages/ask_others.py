"""Somebody more available: other coaches for the matter, with what was typed."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.asks.alternatives.queries import more_available
from marketplace.asks.briefs.schemas import BriefSchema
from marketplace.asks.rules.brief import Brief
from marketplace.authentication.access import viewers_zone
from marketplace.coaches import queries as coaches
from marketplace.http import actor, viewer
from marketplace.request_limits import costs

bp = Blueprint("ask_others", __name__)

# What stands in the form of an ask, and who wrote it where nobody is signed in.
CARRIED = (*BriefSchema().fields, "name", "email", "timezone")


def carried(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the form of an ask, for the form of another coach, which shows it and sends nothing."""
    return {name: typed[name] for name in CARRIED if typed.get(name)}


def typed_as(brief: Brief) -> dict[str, str]:
    """A brief as it is typed into the form."""
    words = brief.as_json() | {"words_enough": "true" if brief.words_enough else ""}
    return carried({name: str(value or "") for name, value in words.items()})


@bp.get("/@<handle>/ask/others")
@costs(10)
def look(handle: str) -> ResponseReturnValue:
    """The same from a link, with nothing typed."""
    return _page(handle)


@bp.post("/@<handle>/ask/others")
@costs(10)
def show(handle: str) -> ResponseReturnValue:
    """Who has time and takes asks now, each with a button that takes along what was typed."""
    return _page(handle)


def _page(handle: str) -> str:
    coach = coaches.by_handle(handle)
    typed = carried(request.form)
    kind = typed["kind"] if typed.get("kind") in coach.kinds else coach.kinds[0]
    return render_template(
        "asks/others.html",
        coach=coach,
        found=more_available(coach, kind=kind, asker_id=actor().id if viewer() is not None else None),
        typed=typed | {"look": "yes"},
        zone=viewers_zone(),
    )
